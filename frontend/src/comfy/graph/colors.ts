/** Colors of a drawn ComfyUI graph: a hue per socket type, and those that a file gives its nodes. */

/** Hues users know from ComfyUI, in degrees; any other type gets one from its name. */
const HUES: Record<string, number> = {
  MODEL: 295,
  CLIP: 98,
  CLIP_VISION: 180,
  VAE: 22,
  CONDITIONING: 62,
  LATENT: 345,
  IMAGE: 245,
  MASK: 150,
  VIDEO: 280,
  AUDIO: 165,
  INT: 40,
  FLOAT: 50,
  STRING: 105,
}
const NEUTRAL = new Set(['*', '', 'BOOLEAN', 'COMBO'])

function hueOf(type: string): number {
  const known = HUES[type]
  if (known !== undefined) return known
  let sum = 0
  for (const char of type) sum = (sum * 31 + char.charCodeAt(0)) % 360
  return sum
}

/** The color of a socket or a link; `light` is the lightness the theme wants, such as 0.78. */
export function typeColor(type: string, light: string | number): string {
  const first = type.replace(/,.*/s, '').trim()
  const chroma = NEUTRAL.has(first) ? 0.01 : 0.13
  return `oklch(${light} ${chroma} ${hueOf(first)})`
}

/** The same in CSS, following the theme by itself. */
export const typeColorCss = (type: string) => typeColor(type, 'var(--graph-light)')

const HEX = /^#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})$/i

/** A color that a file gives, if it is one: files hold anything, and this becomes style. */
export function fileColor(color: string | null | undefined): string | undefined {
  return typeof color === 'string' && HEX.test(color) ? color : undefined
}
