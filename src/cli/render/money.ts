/** `$0.42`; below a cent two places more. */
export function usdText(usd: number): string {
  return `$${usd.toFixed(usd > 0 && usd < 0.01 ? 4 : 2)}`;
}
