/** Painting the mask of a node on the image that it takes; saved as a file of its own. */

import { Brush, Contrast, Eraser, Trash2, Undo2 } from 'lucide-react'
import {
  type CSSProperties,
  type KeyboardEvent,
  type PointerEvent,
  useEffect,
  useReducer,
  useRef,
  useState,
} from 'react'
import { isMedia, mediaUrl } from '../../api/media'
import { upload } from '../../api/upload'
import { ARROWS } from '../../lib/arrows'
import { errorMessage } from '../../lib/errors'
import { toast } from '../../lib/toasts'
import { Button } from '../../ui/controls/Button'
import { setField } from '../edits/commands'
import { useSession } from '../session'
import type { Size } from './geometry'
import css from './MaskEditor.module.css'
import { useConnected } from './sources'
import { Painting, type Point } from './strokes'
import { texts } from './texts'
import { useSize } from './useSize'

interface Props {
  id: string
  onClose: () => void
}

/** Where a node takes the image that its mask is for. */
const MASKED = ['image', 'base']
/** The field that holds the mask. */
const FIELD = 'mask'
/** The longest side that is painted, px: a larger mask shows no finer strokes. */
const MOST_SIDE = 2048

export function MaskEditor({ id, onClose }: Props) {
  const media = useConnected(id, MASKED)
  const size = useSize(media)
  if (!media || !size || size === 'gone') {
    const text = size === 'gone' ? texts.gone : media ? texts.loading : texts.noImage
    return <p className={css.none}>{text}</p>
  }
  return <Paint id={id} size={size} url={mediaUrl(media, 1600)} onClose={onClose} />
}

function Paint({ id, size, url, onClose }: Props & { size: Size; url: string }) {
  const session = useSession()
  const before = session.store.node(id)?.data[FIELD]
  const shrink = Math.min(1, MOST_SIDE / Math.max(size.width, size.height))
  const [painting] = useState(
    () =>
      new Painting({
        width: Math.max(1, Math.round(size.width * shrink)),
        height: Math.max(1, Math.round(size.height * shrink)),
      }),
  )
  const { width, height } = painting.canvas
  const [, drawn] = useReducer((count: number) => count + 1, 0)
  const [erases, setErases] = useState(false)
  const [brush, setBrush] = useState(Math.max(4, Math.round(Math.min(width, height) / 10)))
  const [saving, setSaving] = useState(false)
  // What is painted before would be all that is left of a mask that comes later.
  const [loaded, setLoaded] = useState(!isMedia(before))
  const [cursor, setCursor] = useState<Point | null>(null)
  const fit = useRef<HTMLDivElement>(null)
  const last = useRef<Point | null>(null)
  const most = Math.max(width, height)

  useEffect(() => {
    const { canvas } = painting
    canvas.setAttribute('aria-hidden', 'true')
    fit.current?.append(canvas)
    return () => canvas.remove()
  }, [painting])
  useEffect(() => {
    if (!isMedia(before) || loaded) return
    const image = new Image()
    image.onload = () => {
      painting.load(image)
      setLoaded(true)
    }
    image.onerror = () => {
      toast(texts.maskIsGone, { tone: 'bad' })
      setLoaded(true)
    }
    image.src = mediaUrl(before)
    return () => {
      image.onload = null
      image.onerror = null
    }
  }, [before, painting, loaded])

  const at = (event: PointerEvent): Point => {
    const box = (fit.current as HTMLDivElement).getBoundingClientRect()
    return {
      x: ((event.clientX - box.x) / box.width) * width,
      y: ((event.clientY - box.y) / box.height) * height,
    }
  }
  const down = (event: PointerEvent) => {
    // A second finger paints no line to the first.
    if (event.button !== 0 || !event.isPrimary || saving || !loaded) return
    event.currentTarget.setPointerCapture(event.pointerId)
    painting.begin()
    last.current = at(event)
    painting.line(last.current, last.current, brush, erases)
    drawn()
  }
  const move = (event: PointerEvent) => {
    if (!event.isPrimary) return
    const point = at(event)
    setCursor(point)
    if (!last.current) return
    painting.line(last.current, point, brush, erases)
    last.current = point
  }
  const stop = () => {
    last.current = null
  }
  const resize = (by: number) =>
    setBrush(now => Math.max(1, Math.min(most, Math.round(now * by) + Math.sign(by - 1))))
  const undo = () => {
    painting.undo()
    drawn()
  }
  const invert = () => {
    painting.invert()
    drawn()
  }
  const keys = (event: KeyboardEvent) => {
    if (!loaded) return
    const typing = event.target instanceof HTMLInputElement
    const key = event.key.toLowerCase()
    const mod = event.ctrlKey || event.metaKey
    if (mod && key === 'z') undo()
    else if (mod || event.altKey) return
    else if (event.key === '[') resize(0.8)
    else if (event.key === ']') resize(1.25)
    else if (key === 'x') setErases(now => !now)
    else if (key === 'i') invert()
    else if (!typing && event.target === fit.current && !brushKeys(event)) return
    else if (event.target !== fit.current) return
    event.preventDefault()
    event.stopPropagation()
  }
  /** The brush by the keyboard: arrows move it, Space paints where it is. */
  const brushKeys = (event: KeyboardEvent): boolean => {
    const point = cursor ?? { x: width / 2, y: height / 2 }
    if (event.key === ' ') {
      painting.begin()
      painting.line(point, point, brush, erases)
      setCursor(point)
      drawn()
      return true
    }
    const way = ARROWS[event.key]
    if (!way) return false
    const step = event.shiftKey ? Math.max(10, brush) : Math.max(1, brush / 4)
    setCursor({
      x: Math.max(0, Math.min(width, point.x + way[0] * step)),
      y: Math.max(0, Math.min(height, point.y + way[1] * step)),
    })
    return true
  }
  const save = async () => {
    if (painting.empty) {
      toast(texts.noPixels)
      return
    }
    setSaving(true)
    try {
      const made = await upload(await painting.file('mask.png'), () => {})
      setField(session, id, FIELD, made)
      onClose()
    } catch (error) {
      setSaving(false)
      toast(texts.notSaved(errorMessage(error)), { tone: 'bad' })
    }
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys of the tools inside
    <div className={css.editor} onKeyDown={keys}>
      <div className={css.tools}>
        <div className={css.pair}>
          <Button
            icon={<Brush size={15} />}
            aria-pressed={!erases}
            onClick={() => setErases(false)}
          >
            {texts.brush}
          </Button>
          <Button icon={<Eraser size={15} />} aria-pressed={erases} onClick={() => setErases(true)}>
            {texts.eraser}
          </Button>
        </div>
        <label className={css.size}>
          {texts.size}
          <input
            type="range"
            min={1}
            max={Math.round(most / 2)}
            value={brush}
            onChange={event => setBrush(Number(event.target.value))}
          />
          <output>{texts.px(Math.round(brush / shrink))}</output>
        </label>
        <Button icon={<Contrast size={15} />} disabled={!loaded} onClick={invert}>
          {texts.invert}
        </Button>
        <Button
          icon={<Trash2 size={15} />}
          disabled={!loaded}
          onClick={() => {
            painting.clear()
            drawn()
          }}
        >
          {texts.clear}
        </Button>
        <Button icon={<Undo2 size={15} />} disabled={!painting.canUndo} onClick={undo}>
          {texts.undo}
        </Button>
        <Button
          tone="primary"
          className={css.save}
          disabled={saving || !painting.changed}
          onClick={() => void save()}
        >
          {saving ? texts.saving : texts.save}
        </Button>
      </div>
      <div className={css.stage}>
        <div
          ref={fit}
          className={css.fit}
          role="application"
          aria-label={texts.maskCanvas}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard paints here
          tabIndex={0}
          data-autofocus
          aria-busy={!loaded}
          style={{ '--ratio': size.width / size.height } as CSSProperties}
          onPointerDown={down}
          onPointerMove={move}
          onPointerUp={stop}
          onPointerCancel={stop}
          onPointerLeave={() => setCursor(null)}
        >
          <img src={url} alt="" draggable={false} />
          {cursor && (
            <i
              className={css.cursor}
              style={{
                left: `${(cursor.x / width) * 100}%`,
                top: `${(cursor.y / height) * 100}%`,
                width: `${(brush / width) * 100}%`,
              }}
            />
          )}
        </div>
      </div>
      <p className={css.help}>{texts.maskHelp}</p>
    </div>
  )
}
