/** What the author of a node should know although it ran, below its card. */
import { useNodeRun } from '../run/hooks'
import css from './CardError.module.css'
import { texts } from './texts'

export function CardWarnings({ id }: { id: string }) {
  const { warnings } = useNodeRun(id)
  return (
    <div className={`${css.error} ${css.warnings}`} role="status" aria-label={texts.warnings}>
      {warnings.map(warning => (
        <span key={warning}>{warning}</span>
      ))}
    </div>
  )
}
