/** True when an expression is written in the text (`$${{` is an escape). */
export function hasTemplate(text: string): boolean {
  return /(?<!\$)\$\{\{/.test(text);
}
