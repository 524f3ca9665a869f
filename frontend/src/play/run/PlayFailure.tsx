/** Why there is no playground to show, and where to go from here. */

import { texts } from '../texts'
import css from './PlayFailure.module.css'

export function PlayFailure({ missing, message }: { missing: boolean; message: string }) {
  return (
    <main className={css.failure} role="alert">
      <h1>{missing ? texts.thereIsNoSuchWorkflow : texts.theWorkflowCannotBeShown}</h1>
      <p>{missing ? texts.itMayHaveBeenDeleted : message}</p>
      {!missing && (
        <button type="button" onClick={() => location.reload()}>
          {texts.tryAgain}
        </button>
      )}
      <a href="/">{texts.goToYourWorkflows}</a>
    </main>
  )
}
