/** The cells of variations: live while they run, each to be used, pinned or opened. */
import { type CSSProperties, type KeyboardEvent, useEffect, useRef, useState } from 'react'
import type { Json } from '../../api/document'
import type { Input } from '../../api/schema'
import { toast } from '../../lib/toasts'
import { type Item, itemsOf, outputOf } from '../../runs/items'
import { MediaView } from '../../ui/media/MediaView'
import { openViewer } from '../../ui/viewer/open'
import { pinnable, pinOutput } from '../edits/modes'
import { useSession } from '../session'
import css from './Grid.module.css'
import { texts } from './texts'

interface Axis {
  input: Input
  values: Json[]
}

interface Props {
  id: string
  axes: readonly Axis[]
  run: string | null
}

interface Cell {
  item: Item | null
  output: Record<string, unknown> | null
}

export function Grid({ id, axes, run }: Props) {
  const session = useSession()
  const [across, down] = axes
  const columns = across?.values ?? []
  const rows = down?.values ?? [null]
  const [at, setAt] = useState(0)
  const [pinned, setPinned] = useState<number | null>(null)
  const box = useRef<HTMLTableElement>(null)
  const cells = useCells(id, run, columns.length * rows.length)
  // biome-ignore lint/correctness/useExhaustiveDependencies: with each other run
  useEffect(() => setPinned(null), [run])
  if (!across) return null
  const labelOf = (place: number) =>
    [
      texts.pair(across.input.label || across.input.name, String(columns[place % columns.length])),
      down &&
        texts.pair(
          down.input.label || down.input.name,
          String(rows[Math.floor(place / columns.length)]),
        ),
    ]
      .filter(Boolean)
      .join(', ')
  const use = (place: number) => {
    const value = (axis: Axis, of: number) => ({
      op: 'field.set' as const,
      id,
      field: axis.input.name,
      value: axis.values[of] ?? null,
    })
    session.store.edit(
      [
        value(across, place % columns.length),
        ...(down ? [value(down, Math.floor(place / columns.length))] : []),
      ],
      { label: texts.changeValues },
    )
    toast(texts.used(labelOf(place)))
  }
  const mayPin = pinnable(session, [id]).length > 0
  const pin = (place: number) => {
    const output = cells[place]?.output
    if (!output || !mayPin) return
    if (pinOutput(session, id, output)) setPinned(place)
  }
  const open = (place: number) => {
    const made = cells.flatMap(({ item }, one) => (item?.state === 'done' ? [one] : []))
    openViewer({
      items: made.map(one => ({
        media: cells[one]?.item?.media ?? null,
        text: cells[one]?.item?.media ? null : (cells[one]?.item?.text ?? ''),
        title: labelOf(one),
        run,
        node: id,
      })),
      at: Math.max(0, made.indexOf(place)),
      actions: [{ label: texts.use, run: item => use(made[placeOf(item.title)] ?? place) }],
    })
    function placeOf(title: string) {
      return made.findIndex(one => labelOf(one) === title)
    }
  }
  const keys = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const steps: Record<string, number> = {
      ArrowLeft: -1,
      ArrowRight: 1,
      ArrowUp: -columns.length,
      ArrowDown: columns.length,
    }
    const step = steps[event.key]
    if (step !== undefined) {
      const next = at + step
      if (next < 0 || next >= cells.length) return
      event.preventDefault()
      setAt(next)
      box.current?.querySelector<HTMLElement>(`[data-cell="${next}"]`)?.focus()
    } else if ((event.target as HTMLElement).dataset.cell === undefined) return
    else if (event.key === 'Enter') use(at)
    else if (event.key.toLowerCase() === 'p') pin(at)
    else if (event.key === ' ') open(at)
    else return
    event.preventDefault()
  }
  const style = { '--columns': columns.length } as CSSProperties
  return (
    <div className={css.scroll}>
      {run === null && <p className={css.hint}>{texts.empty}</p>}
      <table ref={box} className={css.grid} style={style} aria-label={texts.grid} onKeyDown={keys}>
        <thead>
          <tr>
            {down && <td />}
            {columns.map((value, place) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a value may come twice
              <th key={place} scope="col">
                {String(value)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((value, row) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a value may come twice
            <tr key={row}>
              {down && <th scope="row">{String(value)}</th>}
              {columns.map((_, column) => {
                const place = row * columns.length + column
                const cell = cells[place]
                const done = cell?.item?.state === 'done'
                return (
                  // biome-ignore lint/suspicious/noArrayIndexKey: a cell is its place
                  <td key={column}>
                    <button
                      type="button"
                      className={css.cell}
                      data-cell={place}
                      data-chosen={place === at || undefined}
                      data-pinned={place === pinned || undefined}
                      tabIndex={place === at ? 0 : -1}
                      aria-label={[texts.cell(labelOf(place)), wordsOf(cell?.item, run !== null)]
                        .filter(Boolean)
                        .join(', ')}
                      onFocus={() => setAt(place)}
                      onDoubleClick={() => done && open(place)}
                    >
                      <Shown item={cell?.item ?? null} ran={run !== null} />
                    </button>
                    {done && place === at && (
                      <p className={css.ways}>
                        <button type="button" onClick={() => use(place)}>
                          {texts.use}
                        </button>
                        {mayPin && (
                          <button
                            type="button"
                            aria-pressed={place === pinned}
                            onClick={() => pin(place)}
                          >
                            {place === pinned ? texts.pinned : texts.pin}
                          </button>
                        )}
                        <button type="button" onClick={() => open(place)}>
                          {texts.open}
                        </button>
                      </p>
                    )}
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
      <p className={css.hint}>{texts.keys}</p>
    </div>
  )
}

function Shown({ item, ran }: { item: Item | null; ran: boolean }) {
  if (item?.media) return <MediaView media={item.media} width={320} cover />
  const words = wordsOf(item, ran)
  return <span title={item?.state === 'failed' ? words : undefined}>{words}</span>
}

/** What is written in a cell that shows no file. */
function wordsOf(item: Item | null | undefined, ran: boolean): string {
  if (item?.media) return ''
  if (item?.state === 'failed') return item.message
  if (item?.state === 'done') return item.text.slice(0, 200)
  return ran ? texts.waiting : texts.notRun
}

/** The cells of a run; they stay when the node is pinned to one, or another run is shown. */
function useCells(id: string, run: string | null, count: number): readonly Cell[] {
  const { runs, store } = useSession()
  const kept = useRef<{ run: string | null; cells: Cell[] }>({ run: null, cells: [] })
  const node = runs.node(id)
  const live = run !== null && runs.summary.id === run && !store.node(id)?.pinned
  if (live) {
    const items = itemsOf(node)
    const cells = items.map(item => ({ item, output: outputOf(node, item.place) }))
    kept.current = { run, cells }
  }
  const { cells } = kept.current.run === run ? kept.current : { cells: [] }
  return Array.from({ length: count }, (_, at) => cells[at] ?? { item: null, output: null })
}
