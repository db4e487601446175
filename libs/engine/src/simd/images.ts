/** Images as laid out in memory, [n, height, width, channels]. */
export interface Images {
  address: number;
  height: number;
  width: number;
  channels: number;
}
