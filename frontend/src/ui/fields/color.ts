/** Colors as numbers: read from what is typed, turned by hue, and written as hex codes. */

/** Red, green and blue from 0 to 255; opacity from 0 to 1. */
export interface Color {
  red: number
  green: number
  blue: number
  alpha: number
}

/** Hue in degrees; saturation, value and opacity from 0 to 1. */
export interface Hsv {
  hue: number
  saturation: number
  value: number
  alpha: number
}

const HEX = /^#?([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})$/i

/** Read a hex code of three, four, six or eight digits; null for anything else. */
export function fromHex(text: string): Color | null {
  const digits = HEX.exec(text.trim())?.[1]
  if (!digits) return null
  const long = digits.length < 6 ? [...digits].map(digit => digit + digit).join('') : digits
  const [red = 0, green = 0, blue = 0, alpha = 255] = [0, 2, 4, 6].map(at =>
    Number.parseInt(long.slice(at, at + 2) || 'ff', 16),
  )
  return { red, green, blue, alpha: alpha / 255 }
}

/** Write a color as six digits, or eight where it is not opaque. */
export function toHex({ red, green, blue, alpha }: Color): string {
  const parts = [red, green, blue, ...(alpha < 1 ? [alpha * 255] : [])]
  return `#${parts.map(part => Math.round(part).toString(16).padStart(2, '0')).join('')}`
}

/** Read whatever the browser knows as a color: hex, rgb(), hsl(), a name; null for what is none. */
export function readColor(text: string): Color | null {
  const hex = fromHex(text)
  if (hex) return hex
  if (!CSS.supports('color', text) || /var\(|currentcolor/i.test(text)) return null
  const context = Object.assign(document.createElement('canvas'), {
    width: 1,
    height: 1,
  }).getContext('2d', { willReadFrequently: true })
  if (!context) return null
  context.fillStyle = text
  const named = fromHex(String(context.fillStyle))
  if (named) return named
  const [red = 0, green = 0, blue = 0, alpha = 1] = String(context.fillStyle)
    .match(/[\d.]+/g)
    ?.map(Number) ?? [0, 0, 0, 1]
  return { red, green, blue, alpha }
}

/** The hue, saturation and value of a color. */
export function toHsv({ red, green, blue, alpha }: Color): Hsv {
  const most = Math.max(red, green, blue)
  const span = most - Math.min(red, green, blue)
  let hue = 0
  if (span && most === red) hue = ((green - blue) / span + 6) % 6
  else if (span && most === green) hue = (blue - red) / span + 2
  else if (span) hue = (red - green) / span + 4
  return { hue: hue * 60, saturation: most ? span / most : 0, value: most / 255, alpha }
}

/** The color of a hue, saturation and value. */
export function fromHsv({ hue, saturation, value, alpha }: Hsv): Color {
  const part = (n: number) => {
    const k = (n + hue / 60) % 6
    return 255 * value * (1 - saturation * Math.max(0, Math.min(k, 4 - k, 1)))
  }
  return { red: part(5), green: part(3), blue: part(1), alpha }
}

/** The colors that most of an image has, the most frequent first and none too like another. */
export function mainColors(pixels: Uint8ClampedArray, most: number): string[] {
  const counts = new Map<number, { count: number; sum: [number, number, number] }>()
  for (let at = 0; at < pixels.length; at += 4) {
    if ((pixels[at + 3] as number) < 128) continue
    const [red, green, blue] = [pixels[at], pixels[at + 1], pixels[at + 2]] as [
      number,
      number,
      number,
    ]
    const key = ((red >> 5) << 6) | ((green >> 5) << 3) | (blue >> 5)
    const found = counts.get(key) ?? { count: 0, sum: [0, 0, 0] }
    found.count += 1
    found.sum = [found.sum[0] + red, found.sum[1] + green, found.sum[2] + blue]
    counts.set(key, found)
  }
  const chosen: Color[] = []
  for (const { count, sum } of [...counts.values()].sort((a, b) => b.count - a.count)) {
    const [red, green, blue] = sum.map(part => part / count) as [number, number, number]
    const color = { red, green, blue, alpha: 1 }
    if (chosen.every(other => distance(color, other) > ALIKE)) chosen.push(color)
    if (chosen.length === most) break
  }
  return chosen.map(toHex)
}

const ALIKE = 48
const distance = (a: Color, b: Color) =>
  Math.hypot(a.red - b.red, a.green - b.green, a.blue - b.blue)
