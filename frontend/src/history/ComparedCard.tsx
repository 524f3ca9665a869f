/** A node as two versions have it: what became of it, its changed values, and a way back. */
import { Handle, type NodeProps, Position } from '@xyflow/react'
import { Minus, MoveRight, Pencil, Plus, Undo2 } from 'lucide-react'
import { createContext, useContext } from 'react'
import type { Author, ComparedValue } from '../api/schema'
import type { Catalog } from '../catalog/catalog'
import { Button } from '../ui/controls/Button'
import { fieldName, listed, titleOf, valueText } from '../ui/versions/format'
import { texts } from '../ui/versions/texts'
import css from './ComparedCard.module.css'
import type { ComparedNode, Sign } from './scene'

export interface Shared {
  catalog: Catalog
  /** The node that is looked at. */
  current: string | null
  busy: boolean
  mayRestore: boolean
  restoreNode: (id: string) => void
  restoreField: (node: string, field: string) => void
}

export const SharedContext = createContext<Shared | null>(null)

const ICONS = { added: Plus, removed: Minus, moved: MoveRight, changed: Pencil }
const NAMES = {
  added: texts.added,
  removed: texts.removed,
  moved: texts.moved,
  changed: texts.changed,
}
/** Values that a card shows that is as it was. */
const MOST_VALUES = 3
const LONGEST = 160

export function ComparedCard({ data }: NodeProps<ComparedNode>) {
  const shared = useContext(SharedContext)
  if (!shared) return null
  const { catalog, current, busy, mayRestore } = shared
  const { node, signs, values, authors } = data
  const [sign] = signs
  const changed = new Set(values.map(row => row.field))
  const plain = Object.entries(node.data).filter(
    ([name, value]) => name !== 'label' && !changed.has(name) && isShown(value),
  )
  return (
    <article
      className={css.card}
      data-sign={sign}
      data-current={current === node.id || undefined}
      aria-label={titleOf(catalog, node)}
    >
      <Handle type="target" position={Position.Left} isConnectable={false} className={css.end} />
      <Handle type="source" position={Position.Right} isConnectable={false} className={css.end} />
      {sign && <Tag signs={signs} authors={authors} />}
      <h3>{titleOf(catalog, node)}</h3>
      <dl>
        {values.map(row => (
          <ChangedRow
            key={row.field}
            row={row}
            name={fieldName(catalog, node, row.field)}
            busy={busy}
            onRestore={
              !mayRestore || row.field.startsWith('node.')
                ? undefined
                : () => shared.restoreField(node.id, row.field)
            }
          />
        ))}
        {plain.slice(0, Math.max(0, MOST_VALUES - values.length)).map(([name, value]) => (
          <div key={name}>
            <dt>{fieldName(catalog, node, name)}</dt>
            <dd>{short(valueText(value))}</dd>
          </div>
        ))}
      </dl>
      {sign && mayRestore && (
        <footer>
          <Button
            icon={<Undo2 aria-hidden size={14} />}
            disabled={busy}
            onClick={() => shared.restoreNode(node.id)}
          >
            {texts.restoreNode}
          </Button>
        </footer>
      )}
    </article>
  )
}

function Tag({ signs, authors }: { signs: readonly Sign[]; authors: readonly Author[] }) {
  const [sign] = signs
  if (!sign) return null
  const Icon = ICONS[sign]
  return (
    <span className={css.tag}>
      <Icon aria-hidden size={12} />
      <b>{signs.map(one => NAMES[one]).join(', ')}</b>
      {authors.length > 0 &&
        texts.by(listed(authors.map(one => (one.you ? texts.youInSentence : one.name))))}
    </span>
  )
}

interface RowProps {
  row: ComparedValue
  name: string
  busy: boolean
  onRestore?: (() => void) | undefined
}

function ChangedRow({ row, name, busy, onRestore }: RowProps) {
  const [before, after] = [short(valueText(row.before)), short(valueText(row.after))]
  return (
    <div data-changed>
      <dt>{name}</dt>
      <dd>
        <span>
          <del>{before}</del> <span aria-hidden>→</span> <ins>{after}</ins>
        </span>
        {onRestore && (
          <Button
            tone="ghost"
            label={texts.restoreField(name)}
            icon={<Undo2 aria-hidden size={14} />}
            disabled={busy}
            onClick={onRestore}
          />
        )}
      </dd>
    </div>
  )
}

/** Where a node was before it was moved. */
export function PlaceCard() {
  return (
    <div className={css.place}>
      <Handle type="source" position={Position.Right} isConnectable={false} className={css.end} />
      {texts.wasHere}
    </div>
  )
}

export const nodeTypes = { card: ComparedCard, place: PlaceCard }

const isShown = (value: unknown) =>
  typeof value === 'number' ||
  typeof value === 'boolean' ||
  (typeof value === 'string' && value !== '')

const short = (text: string) => (text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text)
