#pragma once

#include <cstdint>

#include "winograd-maps.h"

/** Tiles of F(4 x 4, 3 x 3), and what the maps of winograd-maps.h make of them, eight channels at a time. `stride` is the distance between components. */
namespace winograd_tiles {

using namespace winograd_maps;

/** A transformed tile has rows of so many components, and so many in all. */
constexpr int kRow = 6, kComponents = 36;

/** A tile's pixels, row by row: 6 x 6 that are read, the 4 x 4 over their middle that are written. */
struct Tile {
  const float* large[36];
  float* small[16];
};

/** B^T x B of a tile. */
inline void inputTile(const Tile& tile, std::int64_t channel, float* to, std::int64_t stride) {
  Floats between[6][6], v[6];
  for (int column = 0; column < 6; column++) {
    Floats x[6];
    for (int row = 0; row < 6; row++) x[row] = load(tile.large[6 * row + column] + channel);
    mapInput(x, v);
    for (int row = 0; row < 6; row++) between[row][column] = v[row];
  }
  for (int row = 0; row < 6; row++) {
    mapInput(between[row], v);
    for (int column = 0; column < 6; column++) store(to + (6 * row + column) * stride, v[column]);
  }
}

/** A^T m A, m the components of a tile, to the tile's 4 x 4 pixels. */
inline void outputTile(const float* m, std::int64_t stride, const Tile& tile, std::int64_t channel) {
  Floats between[4][6], y[4];
  for (int column = 0; column < 6; column++) {
    Floats components[6];
    for (int row = 0; row < 6; row++) components[row] = load(m + (6 * row + column) * stride);
    mapOutput(components, y);
    for (int row = 0; row < 4; row++) between[row][column] = y[row];
  }
  for (int row = 0; row < 4; row++) {
    mapOutput(between[row], y);
    for (int column = 0; column < 4; column++) store(tile.small[4 * row + column] + channel, y[column]);
  }
}

/** Row `row` of B^T x B. */
template <int row>
inline void inputRow(const Tile& tile, std::int64_t channel, float* to, std::int64_t stride) {
  Floats t[6], v[6];
  for (int column = 0; column < 6; column++) {
    Floats x[6];
    for (int i = 0; i < 6; i++) x[i] = load(tile.large[6 * i + column] + channel);
    t[column] = inputComponent<row>(x);
  }
  mapInput(t, v);
  for (int column = 0; column < 6; column++) store(to + column * stride, v[column]);
}

/** Row `row` of A dy A^T. */
template <int row>
inline void slopeRow(const Tile& tile, std::int64_t channel, float* to, std::int64_t stride) {
  Floats t[4], w[6];
  for (int column = 0; column < 4; column++) {
    Floats y[4];
    for (int i = 0; i < 4; i++) y[i] = load(tile.small[4 * i + column] + channel);
    t[column] = slopeComponent<row>(y);
  }
  mapSlope(t, w);
  for (int column = 0; column < 6; column++) store(to + column * stride, w[column]);
}

/** G w G^T of eight numbers of a filter, whose nine taps lie `tap` apart. */
inline void filterTile(const float* w, std::int64_t tap, float* to, std::int64_t stride) {
  Floats between[6][3], u[6];
  for (int column = 0; column < 3; column++) {
    Floats taps[3];
    for (int row = 0; row < 3; row++) taps[row] = load(w + (3 * row + column) * tap);
    mapFilter(taps, u);
    for (int row = 0; row < 6; row++) between[row][column] = u[row];
  }
  for (int row = 0; row < 6; row++) {
    mapFilter(between[row], u);
    for (int column = 0; column < 6; column++) store(to + (6 * row + column) * stride, u[column]);
  }
}

/** G^T s G: nine taps of the filter's gradient, `tap` apart. */
inline void tapsOfSums(const float* s, std::int64_t stride, float* dw, std::int64_t tap) {
  Floats between[3][6], w[3];
  for (int column = 0; column < 6; column++) {
    Floats components[6];
    for (int row = 0; row < 6; row++) components[row] = load(s + (6 * row + column) * stride);
    mapSums(components, w);
    for (int row = 0; row < 3; row++) between[row][column] = w[row];
  }
  for (int row = 0; row < 3; row++) {
    mapSums(between[row], w);
    for (int column = 0; column < 3; column++) store(dw + (3 * row + column) * tap, w[column]);
  }
}

}  // namespace winograd_tiles
