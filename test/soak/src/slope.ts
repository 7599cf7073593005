/** Change of `y` per unit of `x`, by least squares. 0 where there is no spread in `x`. */
export function slope(points: readonly (readonly [x: number, y: number])[]): number {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [middle, level] = [mean(points.map(([x]) => x)), mean(points.map(([, y]) => y))];
  const spread = points.reduce((sum, [x]) => sum + (x - middle) ** 2, 0);
  return spread > 0 ? points.reduce((sum, [x, y]) => sum + (x - middle) * (y - level), 0) / spread : 0;
}
