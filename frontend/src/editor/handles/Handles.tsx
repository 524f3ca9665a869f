/** The box that a node's fields describe, on its image: on the card, or larger in a dialog. */
import { Check, Maximize2 } from 'lucide-react'
import { useState } from 'react'
import { useStore } from 'zustand'
import type { DocumentNode, JsonObject } from '../../api/document'
import type { Media } from '../../api/media'
import type { Input } from '../../api/schema'
import { fieldValue } from '../../document/check'
import { connectedInputs } from '../../document/graph'
import { nodesById } from '../../document/store'
import { Button } from '../../ui/controls/Button'
import { RatioButtons } from '../../ui/fields/RatioButtons'
import { setFieldsOf } from '../edits/commands'
import { useSession } from '../session'
import { BoxStage } from './BoxStage'
import {
  BOX_KINDS,
  type Box,
  type BoxKind,
  type Grip,
  inside,
  ratioOf,
  type Size,
} from './geometry'
import css from './Handles.module.css'
import { useConnected } from './sources'
import { texts } from './texts'
import type { PlacedType } from './types'
import { useSize } from './useSize'

interface Props {
  id: string
  /** What the node makes of its present fields, where that is known. */
  result: Media | null
  large?: boolean
}

const SIDES: readonly Grip[] = ([-1, 0, 1] as const).flatMap(y =>
  ([-1, 0, 1] as const).flatMap(x => (x || y ? [{ x, y }] : [])),
)
const CORNERS = SIDES.filter(({ x, y }) => x && y)
const GRIPS = { sides: SIDES, width: CORNERS, no: [] }
const RATIOS = ['1:1', '4:5', '3:2', '16:9', '9:16']
/** For a node that takes no layer. */
const NONE: Size = { width: 1, height: 1 }

export function Handles(props: Props) {
  const { store } = useSession()
  const node = useStore(store.state, state => nodesById(state.document).get(props.id))
  const kind = BOX_KINDS[node?.type as PlacedType]
  if (!node || !kind) return null
  return <Placed {...props} node={node} kind={kind} />
}

function Placed({ id, result, large, node, kind }: Props & { node: DocumentNode; kind: BoxKind }) {
  const session = useSession()
  const { store, catalog, view } = session
  const [keep, setKeep] = useState('')
  const media = useConnected(id, kind.on)
  const size = useSize(media)
  const layer = useSize(useConnected(id, kind.layer))
  const inputs = catalog.inputsOf(node)
  const values: JsonObject = Object.fromEntries(
    inputs.filter(({ widget }) => widget).map(input => [input.name, fieldValue(node, input)]),
  )
  const label = texts.kinds[node.type as PlacedType]
  const close = () => view.setState({ handles: null })
  const ready = media && size && size !== 'gone' && (!kind.layer.length || isSize(layer))
  if (!ready) {
    const waits = media && size !== 'gone' && (size === null || layer === null)
    return (
      <div className={css.none}>
        <p>{size === 'gone' ? texts.gone : waits && media ? texts.loading : texts.noImage}</p>
        {!large && <Button onClick={close}>{texts.done}</Button>}
      </div>
    )
  }
  const on = isSize(layer) ? layer : NONE
  const box = kind.read(values, size, on)
  const connected = connectedInputs(store.document, catalog, id)
  const fixed = Object.keys(kind.write(box, size, on, values)).filter(name => connected.has(name))
  const write = (made: Box, gesture: string) =>
    setFieldsOf(session, id, kind.write(made, size, on, values), `handles ${id} ${gesture}`)
  const ratio = kind.resizes === 'width' ? on.width / on.height : ratioOf(keep)
  const numbers = numbersOf(kind, box, size)
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: its buttons take the keys; this only leaves
    <div
      className={css.handles}
      data-large={large || undefined}
      onKeyDown={event => {
        if (large || (event.key !== 'Escape' && event.key !== 'Enter')) return
        if (event.key === 'Enter' && (event.target as Element).closest('[data-ways]')) return
        event.stopPropagation()
        event.preventDefault()
        close()
      }}
    >
      {fixed.length > 0 ? (
        <p className={css.none}>{texts.connected(labels(inputs, fixed))}</p>
      ) : (
        <BoxStage
          label={label}
          media={kind.onResult && result ? result : media}
          image={size}
          box={box}
          numbers={numbers}
          grips={GRIPS[kind.resizes]}
          ratio={ratio}
          beyond={kind.beyond}
          shade={!kind.onResult}
          step={kind.unit === '%' ? { width: size.width / 100, height: size.height / 100 } : NONE}
          labelled={large === true}
          width={large ? 1600 : 640}
          onChange={write}
        />
      )}
      <div className={css.bar} data-ways>
        {large && kind.resizes === 'sides' && !kind.onResult && (
          <>
            <RatioButtons
              label={texts.ratio}
              ratios={['', ...RATIOS]}
              names={{ '': texts.free }}
              value={keep}
              onChange={next => {
                setKeep(next)
                const wanted = ratioOf(next)
                if (wanted) write(withRatio(box, size, wanted), 'ratio')
              }}
            />
            <Button onClick={() => write({ x: 0, y: 0, ...size }, 'whole')}>{texts.whole}</Button>
          </>
        )}
        <span title={texts.help}>{numbers}</span>
        {!large && (
          <>
            <button
              type="button"
              title={texts.larger}
              aria-label={texts.larger}
              onClick={() => view.setState({ handles: { node: id, large: true } })}
            >
              <Maximize2 size={13} aria-hidden />
            </button>
            <button type="button" title={texts.done} aria-label={texts.done} onClick={close}>
              <Check size={14} aria-hidden />
            </button>
          </>
        )}
      </div>
      {large && <p className={css.help}>{texts.help}</p>}
    </div>
  )
}

const isSize = (size: Size | 'gone' | null): size is Size => size !== null && size !== 'gone'

const labels = (inputs: readonly Input[], names: readonly string[]) =>
  names.map(name => inputs.find(input => input.name === name)?.label ?? name).join(', ')

function numbersOf(kind: BoxKind, box: Box, image: Size): string {
  const [x, y, width, height] = [box.x, box.y, box.width, box.height].map(Math.round) as Four
  if (kind.resizes === 'no') return texts.place(x, y)
  if (kind.unit === 'px') return texts.pixels(x, y, width, height)
  const part = (value: number, whole: number) => Math.round((value / whole) * 100)
  return texts.percent(
    part(box.x, image.width),
    part(box.y, image.height),
    part(box.width, image.width),
    part(box.height, image.height),
  )
}

type Four = [number, number, number, number]

/** A box of a ratio about the center of another, as large as it or as the image allows. */
function withRatio(box: Box, image: Size, ratio: number): Box {
  const width = Math.min(Math.max(box.width, box.height * ratio), image.width, image.height * ratio)
  const height = width / ratio
  const center = { x: box.x + box.width / 2, y: box.y + box.height / 2 }
  return inside({ x: center.x - width / 2, y: center.y - height / 2, width, height }, image)
}
