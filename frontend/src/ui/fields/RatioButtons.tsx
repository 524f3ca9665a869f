/** Ratios as buttons, each with a little rectangle of its shape; arrow keys move between them. */
import { useRadios } from '../controls/useRadios'
import css from './RatioButtons.module.css'

interface Props {
  label: string
  /** Such as `16:9`; what is no ratio has a dashed shape. */
  ratios: readonly string[]
  /** What those are called that do not read as they are stored. */
  names?: Readonly<Record<string, string>> | undefined
  value: string
  disabled?: boolean | undefined
  onChange: (ratio: string) => void
}

const SIDE = 14 // px

export function RatioButtons({ label, ratios, names, value, disabled, onChange }: Props) {
  const { group, reached } = useRadios(ratios, value, onChange)
  return (
    <div {...group} className={css.ratios} role="radiogroup" aria-label={label}>
      {ratios.map(ratio => (
        // biome-ignore lint/a11y/useSemanticElements: a radio drawn as a button is a radio to all
        <button
          key={ratio}
          type="button"
          role="radio"
          className="nodrag"
          aria-checked={ratio === value}
          tabIndex={ratio === reached ? 0 : -1}
          disabled={disabled}
          onClick={() => onChange(ratio)}
        >
          <i aria-hidden style={shape(ratio)} data-none={!shape(ratio) || undefined} />
          {names?.[ratio] ?? ratio}
        </button>
      ))}
    </div>
  )
}

/** The measures of a rectangle of a ratio; undefined for what is none. */
function shape(ratio: string): { width: number; height: number } | undefined {
  const [wide = 0, high = 0] = ratio.split(':').map(Number)
  if (!(wide > 0 && high > 0)) return undefined
  const unit = SIDE / Math.max(wide, high)
  return { width: Math.max(5, wide * unit), height: Math.max(5, high * unit) }
}
