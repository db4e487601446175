#pragma once

#include <cstdint>

#include "vector.h"

/**
 * The linear maps of F(2 x 2, 3 x 3), eight channels at a time. Lavin & Gray 2016 (arXiv 1509.09308), section 4.1:
 *
 *         | 1  0 -1  0 |        |  1   0   0 |
 *   B^T = | 0  1  1  0 |    G = | 1/2 1/2 1/2|    A^T = | 1  1  1  0 |
 *         | 0 -1  1  0 |        | 1/2-1/2 1/2|          | 0  1 -1 -1 |
 *         | 0  1  0 -1 |        |  0   0   1 |
 */
namespace winograd_tiles {

constexpr int kPlaces = 16;

/** A tile's pixels, row by row: 4 x 4 that are read, the 2 x 2 over their middle that are written. */
struct Tile {
  const float* large[16];
  float* small[4];
};

/** Row `row` of B^T x B for eight channels from `channel` on, its four places `apart` from each other. */
template <int row>
inline void inputRow(const Tile& tile, std::int64_t channel, float* to, std::int64_t apart) {
  constexpr int first = row == 0 ? 0 : row == 2 ? 2 : 1, second = row == 3 ? 3 : row == 2 ? 1 : 2;
  Floats t[4];
  for (int column = 0; column < 4; column++) {
    const Floats a = load(tile.large[4 * first + column] + channel), b = load(tile.large[4 * second + column] + channel);
    t[column] = row == 1 ? a + b : a - b;
  }
  store(to, t[0] - t[2]);
  store(to + apart, t[1] + t[2]);
  store(to + 2 * apart, t[2] - t[1]);
  store(to + 3 * apart, t[1] - t[3]);
}

/** Row `row` of A dy A^T. */
template <int row>
inline void gradientRow(const Tile& tile, std::int64_t channel, float* to, std::int64_t apart) {
  Floats side[2];
  for (int column = 0; column < 2; column++) {
    const Floats above = load(tile.small[column] + channel), below = load(tile.small[2 + column] + channel);
    side[column] = row == 0 ? above : row == 1 ? above + below : row == 2 ? above - below : -below;
  }
  store(to, side[0]);
  store(to + apart, side[0] + side[1]);
  store(to + 2 * apart, side[0] - side[1]);
  store(to + 3 * apart, -side[1]);
}

/** A^T m A to the tile's 2 x 2 pixels. */
inline void outputTile(const float* m, std::int64_t apart, const Tile& tile, std::int64_t channel) {
  Floats upper[4], lower[4];
  for (int column = 0; column < 4; column++) {
    const float* place = m + column * apart;
    const Floats second = load(place + 4 * apart), third = load(place + 8 * apart);
    upper[column] = load(place) + second + third;
    lower[column] = second - third - load(place + 12 * apart);
  }
  store(tile.small[0] + channel, upper[0] + upper[1] + upper[2]);
  store(tile.small[1] + channel, upper[1] - upper[2] - upper[3]);
  store(tile.small[2] + channel, lower[0] + lower[1] + lower[2]);
  store(tile.small[3] + channel, lower[1] - lower[2] - lower[3]);
}

/** G times a column of three. */
inline void mix(const Floats (&g)[3], Floats (&u)[4]) {
  const Floats ends = g[0] + g[2];
  u[0] = g[0];
  u[1] = 0.5f * (ends + g[1]);
  u[2] = 0.5f * (ends - g[1]);
  u[3] = g[2];
}

/** G w G^T of eight numbers of a filter; its taps lie `tap` apart, and are taken from the last on where `turned`. */
inline void filterPlaces(const float* w, std::int64_t tap, bool turned, Floats (&places)[kPlaces]) {
  Floats rows[4][3];
  for (int column = 0; column < 3; column++) {
    Floats g[3], u[4];
    for (int row = 0; row < 3; row++) {
      const int index = 3 * row + column;
      g[row] = load(w + tap * (turned ? 8 - index : index));
    }
    mix(g, u);
    for (int row = 0; row < 4; row++) rows[row][column] = u[row];
  }
  for (int row = 0; row < 4; row++) {
    Floats u[4];
    mix(rows[row], u);
    for (int column = 0; column < 4; column++) places[4 * row + column] = u[column];
  }
}

/** G^T times a column of four. */
inline void gather(const Floats (&s)[4], Floats (&w)[3]) {
  const Floats middle = 0.5f * (s[1] + s[2]);
  w[0] = s[0] + middle;
  w[1] = 0.5f * (s[1] - s[2]);
  w[2] = middle + s[3];
}

/** G^T s G: nine taps of the filter's gradient, `apart` from each other as the 16 places of s are. */
inline void tapsOfSums(const float* s, std::int64_t apart, float* dw) {
  Floats rows[4][3];
  for (int row = 0; row < 4; row++) {
    Floats places[4];
    for (int column = 0; column < 4; column++) places[column] = load(s + (4 * row + column) * apart);
    gather(places, rows[row]);
  }
  for (int column = 0; column < 3; column++) {
    Floats taps[3];
    gather({rows[0][column], rows[1][column], rows[2][column], rows[3][column]}, taps);
    for (int row = 0; row < 3; row++) store(dw + (3 * row + column) * apart, taps[row]);
  }
}

}  // namespace winograd_tiles
