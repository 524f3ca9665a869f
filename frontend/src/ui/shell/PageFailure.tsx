/** What is in place of a page that cannot be shown: the reason, and a way on. */
import { Component, type ReactNode } from 'react'
import { Button } from '../controls/Button'
import { texts } from '../texts'
import css from './PageFailure.module.css'

export function PageFailure({ reason }: { reason: string }) {
  return (
    <main className={css.box} role="alert">
      <h1>{texts.thisPageCannotBeShown}</h1>
      {reason && <p>{reason}</p>}
      <p>{texts.editsAreKept}</p>
      <Button tone="primary" onClick={() => location.reload()}>
        {texts.reloadThePage}
      </Button>
    </main>
  )
}

/** Shows `PageFailure` where a part below fails to render; React alone would leave a blank page. */
export class Guarded extends Component<{ children: ReactNode }, { reason: string | null }> {
  override state: { reason: string | null } = { reason: null }

  static getDerivedStateFromError(error: unknown) {
    return { reason: error instanceof Error ? error.message : String(error) }
  }

  override render() {
    const { reason } = this.state
    return reason === null ? this.props.children : <PageFailure reason={reason} />
  }
}
