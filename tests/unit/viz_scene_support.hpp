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

}  // namespace viz_support
