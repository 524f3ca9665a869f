/** Numbers as they are typed: with a comma or a point, or as a sum such as `1024/2`. Pure. */

const TOKEN = /\s*(\d+(?:\.\d*)?(?:e[+-]?\d+)?|\.\d+|[-+*/()])/iy

/** The value of what is typed; NaN where it is none, or not yet. */
export function worth(text: string): number {
  const typed = text.trim().replaceAll(',', '.').replaceAll('×', '*').replaceAll('−', '-')
  const tokens: string[] = []
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < typed.length) {
    const found = TOKEN.exec(typed)
    if (!found) return Number.NaN
    tokens.push(found[1] as string)
  }
  let at = 0
  const factor = (): number => {
    const token = tokens[at++]
    if (token === '-') return -factor()
    if (token === '+') return factor()
    if (token !== '(') return token === undefined ? Number.NaN : Number(token)
    const inner = sum()
    return tokens[at++] === ')' ? inner : Number.NaN
  }
  const product = (): number => {
    let value = factor()
    while (tokens[at] === '*' || tokens[at] === '/')
      value = tokens[at++] === '*' ? value * factor() : value / factor()
    return value
  }
  const sum = (): number => {
    let value = product()
    while (tokens[at] === '+' || tokens[at] === '-')
      value = tokens[at++] === '+' ? value + product() : value - product()
    return value
  }
  const value = sum()
  return at === tokens.length ? value : Number.NaN
}

/** Whether something is to be worked out, rather than a plain number. */
export const isSum = (text: string): boolean => /[\d)]\s*[-+*/×−]/.test(text.replace(/e[+-]/i, ''))
