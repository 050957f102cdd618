// Catch2, whichever of its two shapes the system has: 2.13 is one header, 3 is many.
#pragma once

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif
