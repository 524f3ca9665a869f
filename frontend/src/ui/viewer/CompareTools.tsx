/** What an image is compared with, and how the two are shown. */
import css from './CompareTools.module.css'
import type { ViewerItem } from './open'
import { texts } from './texts'

export type Mode = 'one' | 'slider' | 'sides' | 'difference'

const MODES: readonly (readonly [Mode, string])[] = [
  ['one', texts.one],
  ['slider', texts.slider],
  ['sides', texts.sides],
  ['difference', texts.difference],
]

interface Props {
  item: ViewerItem
  others: readonly ViewerItem[]
  other: ViewerItem | null
  mode: Mode
  onCompare: (other: ViewerItem | null) => void
  onMode: (mode: Mode) => void
}

export function CompareTools({ item, others, other, mode, onCompare, onMode }: Props) {
  if (!others.length) return null
  const place = other ? others.indexOf(other) : -1
  return (
    <>
      <select
        className={css.select}
        aria-label={texts.compareWith}
        value={place}
        onChange={event => onCompare(others[Number(event.target.value)] ?? null)}
      >
        <option value={-1}>{texts.compareNothing}</option>
        {others.map((one, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the same file may come twice
          <option key={index} value={index}>
            {one === item.before ? texts.before(one.title) : texts.show(index + 1, one.title)}
          </option>
        ))}
      </select>
      {other && (
        // biome-ignore lint/a11y/useSemanticElements: a group of tools, no form
        <div className={css.modes} role="group" aria-label={texts.modes}>
          {MODES.map(([one, label]) => (
            <button type="button" key={one} aria-pressed={mode === one} onClick={() => onMode(one)}>
              {label}
            </button>
          ))}
        </div>
      )}
    </>
  )
}
