/** Says why the list could not be loaded, and tries again. */
import { RotateCw } from 'lucide-react'
import { Button } from './controls/Button'
import css from './LoadError.module.css'
import { texts } from './texts'

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
        {texts.couldNotBeLoaded(props.what ?? texts.yourWorkflows)} {props.message}
      </p>
      <Button onClick={props.onRetry} disabled={props.busy}>
        <RotateCw aria-hidden size={16} />
        {props.busy ? texts.trying : texts.tryAgain}
      </Button>
    </div>
  )
}
