// A timeline with all that compose() wants beside it, and a comparison of pixels.
#pragma once

#include "tests/unit/viz_support.hpp"
#include "viz/model/scene.hpp"

namespace viz_support {

/// A view of a timeline, 1000 pixels wide.
struct View {
  explicit View(Timeline of) : timeline(std::move(of)), lanes(viz::Lanes::of(timeline)), index(timeline) {
    input.timeline = &timeline;
    input.lanes = &lanes;
    input.focus = &focus;
    input.filter = &filter;
    input.index = &index;
    input.axis.width = 1000;
    input.height = 800;
  }
  View(const View&) = delete;
  View& operator=(const View&) = delete;

  void show(const viz::Range& range) { input.axis.range = range; }
  viz::Scene compose() const { return viz::compose(input); }

  Timeline timeline;
  viz::Lanes lanes;
  viz::Focus focus;
  viz::Filter filter;
  viz::SceneIndex index;
  viz::SceneInput input;
};

/// A position that may be off by a hundredth of a pixel.
struct Near {
  explicit Near(float x) : at(x) {}
  float at;
  friend bool operator==(float x, const Near& near) { return x - near.at < 0.01F && near.at - x < 0.01F; }
};

// With the usual metrics the first lane of the first group is from 46 (axis and title) to 90, and its events stand at 70.5.
inline constexpr float kFirst = 24 + 22 + 5 + 39 / 2.0F;
inline constexpr float kSecond = kFirst + 44;

// Of 1000 ns: starts at 0, a message from n1 at 100 to n2 at 300, one at 300 that a partition stops, one at 400 that reaches a
// node that is down at 500.
inline Timeline three_messages() {
  Maker make(2);
  make.start(0, 0);
  make.start(0, 1);
  make.timer(100, 0, 1, "Tick");
  make.deliver(300, 1, 3, "Ask");
  make.lose(300, 0, 4, "Grant", "cut");
  make.timer(400, 0, 3, "Tick");
  make.lose(500, 1, 5, "Ask", "down");
  return make.finish(1000);
}

}  // namespace viz_support
