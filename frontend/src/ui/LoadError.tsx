/** Says why the list could not be loaded, and tries again. */
import { RotateCw } from 'lucide-react'
import { Button } from './controls/Button'
import css from './LoadError.module.css'

interface Props {
  /** What could not be loaded. */
  what?: string
  message: string
  busy: boolean
  onRetry: () => void
}

export function LoadError(props: Props) {
  return (
    <div className={css.box} role="alert">
      <p>
        {props.what ?? 'Your workflows'} could not be loaded. {props.message}
      </p>
      <Button onClick={props.onRetry} disabled={props.busy}>
        <RotateCw aria-hidden size={16} />
        {props.busy ? 'Trying …' : 'Try again'}
      </Button>
    </div>
  )
}
