/**
 * Bilinear resizing, x [images][height][width][channels] -> y [images][newHeight][newWidth][channels], rows [from, to) of all images' rows of y.
 * Ratios are old size by new; positions and weights in float64, as tfjs-backend-cpu has them, whose bytes these are.
 */
export function resizeBilinear(
  x: usize, y: usize, height: i32, width: i32, channels: i32, newHeight: i32, newWidth: i32,
  rowRatio: f64, columnRatio: f64, centre: f64, from: i32, to: i32,
): void {
  const pixelBytes = channels << 2, rowBytes = width * pixelBytes;
  y += from * newWidth * pixelBytes;
  for (let row = from; row < to; row++) {
    const positionRow = rowRatio * (<f64>(row % newHeight) + centre) - centre;
    const above = max(0, <i32>floor(positionRow)), below = min(height - 1, <i32>ceil(positionRow)), down = positionRow - <f64>above;
    const image = x + row / newHeight * height * rowBytes;
    for (let column = 0; column < newWidth; column++) {
      const position = columnRatio * (<f64>column + centre) - centre;
      const left = max(0, <i32>floor(position)), right = min(width - 1, <i32>ceil(position)), across = position - <f64>left;
      const topLeft = image + above * rowBytes + left * pixelBytes, topRight = image + above * rowBytes + right * pixelBytes;
      const bottomLeft = image + below * rowBytes + left * pixelBytes, bottomRight = image + below * rowBytes + right * pixelBytes;
      for (let c = 0; c < pixelBytes; c += 4) {
        const top = between(topLeft + c, topRight + c, across), bottom = between(bottomLeft + c, bottomRight + c, across);
        store<f32>(y, <f32>(top + (bottom - top) * down));
        y += 4;
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function between(a: usize, b: usize, share: f64): f64 {
  const first = <f64>load<f32>(a);
  return first + (<f64>load<f32>(b) - first) * share;
}
