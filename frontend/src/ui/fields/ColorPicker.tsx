/** Picking a color: by shade, hue and opacity, from colors in use, or from a pixel of an image. */
import { Pipette } from 'lucide-react'
import {
  type CSSProperties,
  type KeyboardEvent,
  type PointerEvent,
  type RefObject,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from 'react'
import { type Media, mediaUrl } from '../../api/media'
import { texts } from '../texts'
import css from './ColorPicker.module.css'
import { fromHex, fromHsv, type Hsv, mainColors, toHex, toHsv } from './color'
import { recentColors, rememberColor } from './recentColors'
import type { FieldProps } from './spec'

interface Props {
  id: string
  label: string
  value: string
  beside: RefObject<HTMLElement | null>
  colors: FieldProps['colors']
  onChange: (color: string) => void
  onClose: () => void
}

const GAP = 6 // px
/** Height that it takes in any case, px; on a low screen it may cover the swatch. */
const LEAST = 240
/** Swatches in a row, and the colors of an image. */
const MOST = 8
/** An image of at most so many pixels is read itself; of a larger one a preview that is so wide. */
const MOST_PIXELS = 4_000_000
const PREVIEW_WIDTH = 640

const pixelsOf = (image: Media): string => {
  const { width = Infinity, height = Infinity } = image
  return mediaUrl(image, width * height > MOST_PIXELS ? PREVIEW_WIDTH : undefined)
}

export function ColorPicker({ id, label, value, beside, colors, onChange, onClose }: Props) {
  const box = useRef<HTMLDivElement>(null)
  const [hsv, setHsv] = useState<Hsv>(() => toHsv(fromHex(value) ?? { ...BLACK, alpha: 1 }))
  const written = useRef(value)
  const [recent] = useState(recentColors)
  const [used] = useState(() => colors?.used() ?? [])
  const image = colors?.image() ?? null
  // Typed beside it, or undone: the picker follows; a gray of its own keeps its hue.
  useEffect(() => {
    const typed = fromHex(value)
    if (typed && value !== written.current) setHsv(toHsv(typed))
    written.current = value
  }, [value])

  useLayoutEffect(() => {
    const picker = box.current
    const from = beside.current?.getBoundingClientRect()
    if (!picker || !from) return
    picker.showPopover()
    const { offsetWidth: width, offsetHeight: height } = picker
    const [over, under] = [from.top - 2 * GAP, innerHeight - from.bottom - 2 * GAP]
    const below = height <= under || under >= over
    // It does not cover the swatch when the colors of the image come and it grows.
    const room = Math.max(LEAST, below ? under : over)
    picker.style.left = `${Math.max(GAP, Math.min(from.left, innerWidth - width - GAP))}px`
    picker.style[below ? 'top' : 'bottom'] = `${innerHeight - GAP - room}px`
    picker.style.maxHeight = `${room}px`
    picker.querySelector<HTMLElement>('[role="slider"]')?.focus()
  }, [beside])
  useEffect(() => {
    const outside = (event: Event) => {
      const at = event.target as Node
      if (!box.current?.contains(at) && !beside.current?.contains(at)) onClose()
    }
    document.addEventListener('pointerdown', outside, true)
    return () => document.removeEventListener('pointerdown', outside, true)
  }, [beside, onClose])
  const latest = useRef(value)
  latest.current = value
  useEffect(() => () => rememberColor(latest.current), [])

  const set = (change: Partial<Hsv>) => {
    const made = { ...hsv, ...change }
    setHsv(made)
    written.current = toHex(fromHsv(made))
    onChange(written.current)
  }
  const use = (hex: string) => {
    const color = fromHex(hex)
    if (color) set(toHsv(color))
  }
  const pipette = async () => {
    try {
      const picked = await new (window as unknown as WithEyeDropper).EyeDropper().open()
      use(picked.sRGBHex)
    } catch {
      // Escape: the color stays.
    }
  }
  const close = () => {
    onClose()
    beside.current?.focus()
  }
  return (
    <div
      ref={box}
      id={id}
      popover="manual"
      role="dialog"
      aria-label={texts.colorOf(label)}
      className={`${css.picker} nodrag nowheel nopan`}
      onPointerDown={event => event.stopPropagation()}
      onKeyDown={event => {
        event.stopPropagation()
        if (event.key !== 'Escape') return
        event.preventDefault()
        close()
      }}
    >
      <Shade hsv={hsv} onChange={set} />
      <input
        type="range"
        className={css.hue}
        aria-label={texts.hue}
        max={359}
        value={Math.round(hsv.hue)}
        onChange={event => set({ hue: Number(event.target.value) })}
      />
      <input
        type="range"
        className={css.alpha}
        aria-label={texts.opacity}
        max={100}
        value={Math.round(hsv.alpha * 100)}
        style={{ '--color': toHex(fromHsv({ ...hsv, alpha: 1 })) } as CSSProperties}
        onChange={event => set({ alpha: Number(event.target.value) / 100 })}
      />
      <p className={css.code}>
        <i style={{ '--color': toHex(fromHsv(hsv)) } as CSSProperties} />
        <code>{toHex(fromHsv(hsv))}</code>
        <span>{texts.percent(Math.round(hsv.alpha * 100))}</span>
        {'EyeDropper' in window && (
          <button type="button" title={texts.pipette} aria-label={texts.pipette} onClick={pipette}>
            <Pipette size={14} aria-hidden />
          </button>
        )}
      </p>
      <Swatches label={texts.colorsUsed} colors={used.slice(0, MOST)} value={value} onUse={use} />
      <Swatches
        label={texts.colorsRecent}
        colors={recent.filter(color => !used.includes(color)).slice(0, MOST)}
        value={value}
        onUse={use}
      />
      {image && <FromImage url={pixelsOf(image)} value={value} onUse={use} />}
    </div>
  )
}

const BLACK = { red: 0, green: 0, blue: 0 }

interface WithEyeDropper {
  EyeDropper: new () => { open: () => Promise<{ sRGBHex: string }> }
}

/** Saturation across and value down, as one field. */
function Shade({ hsv, onChange }: { hsv: Hsv; onChange: (change: Partial<Hsv>) => void }) {
  const at = (event: PointerEvent<HTMLElement>) => {
    const box = event.currentTarget.getBoundingClientRect()
    const inside = (share: number) => Math.max(0, Math.min(1, share))
    onChange({
      saturation: inside((event.clientX - box.x) / box.width),
      value: 1 - inside((event.clientY - box.y) / box.height),
    })
  }
  const keys = (event: KeyboardEvent) => {
    const way = WAYS[event.key]
    if (!way) return
    event.preventDefault()
    const step = event.shiftKey ? 0.1 : 0.01
    const inside = (share: number) => Math.max(0, Math.min(1, share))
    onChange({
      saturation: inside(hsv.saturation + way[0] * step),
      value: inside(hsv.value + way[1] * step),
    })
  }
  const [saturation, value] = [Math.round(hsv.saturation * 100), Math.round(hsv.value * 100)]
  return (
    <div
      role="slider"
      tabIndex={0}
      className={css.shade}
      aria-label={texts.shade}
      aria-valuenow={saturation}
      aria-valuetext={texts.shadeIs(saturation, value)}
      style={{ '--hue': `hsl(${hsv.hue} 100% 50%)` } as CSSProperties}
      onKeyDown={keys}
      onPointerDown={event => {
        event.currentTarget.setPointerCapture(event.pointerId)
        at(event)
      }}
      onPointerMove={event => event.buttons && at(event)}
    >
      <i style={{ left: `${saturation}%`, top: `${100 - value}%` }} />
    </div>
  )
}

interface SwatchesProps {
  label: string
  colors: readonly string[]
  value: string
  onUse: (color: string) => void
}

function Swatches({ label, colors, value, onUse }: SwatchesProps) {
  if (!colors.length) return null
  return (
    <div className={css.row}>
      <span>{label}</span>
      <div>
        {colors.map(color => (
          <button
            key={color}
            type="button"
            title={color}
            aria-label={color}
            aria-pressed={color === value}
            className={css.swatch}
            style={{ '--color': color } as CSSProperties}
            onClick={() => onUse(color)}
          />
        ))}
      </div>
    </div>
  )
}

/** An image whose pixels are picked by a press, and the colors that most of it has. */
function FromImage({
  url,
  value,
  onUse,
}: {
  url: string
  value: string
  onUse: (c: string) => void
}) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const [found, setFound] = useState<string[]>([])
  useEffect(() => {
    const image = new Image()
    image.onload = () => {
      const target = canvas.current
      const context = target?.getContext('2d', { willReadFrequently: true })
      if (!target || !context) return
      target.width = image.naturalWidth
      target.height = image.naturalHeight
      context.drawImage(image, 0, 0)
      setFound(mainColors(context.getImageData(0, 0, target.width, target.height).data, MOST))
    }
    image.src = url
  }, [url])
  const pick = (event: PointerEvent<HTMLCanvasElement>) => {
    const target = event.currentTarget
    const box = target.getBoundingClientRect()
    const x = Math.floor(((event.clientX - box.x) / box.width) * target.width)
    const y = Math.floor(((event.clientY - box.y) / box.height) * target.height)
    const pixel = target.getContext('2d')?.getImageData(x, y, 1, 1).data
    if (!pixel?.[3]) return
    const [red = 0, green = 0, blue = 0] = pixel
    onUse(toHex({ red, green, blue, alpha: 1 }))
  }
  return (
    <>
      <Swatches label={texts.colorsInImage} colors={found} value={value} onUse={onUse} />
      <canvas
        ref={canvas}
        className={css.image}
        title={texts.pickAPixel}
        aria-label={texts.pickAPixel}
        role="img"
        onPointerDown={event => {
          event.currentTarget.setPointerCapture(event.pointerId)
          pick(event)
        }}
        onPointerMove={event => event.buttons && pick(event)}
      />
    </>
  )
}

const WAYS: Record<string, readonly [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
}
