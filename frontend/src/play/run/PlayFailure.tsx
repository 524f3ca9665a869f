/** Why there is no playground to show, and where to go from here. */
import css from './PlayFailure.module.css'

export function PlayFailure({ missing, message }: { missing: boolean; message: string }) {
  return (
    <main className={css.failure} role="alert">
      <h1>{missing ? 'There is no such workflow' : 'The workflow cannot be shown'}</h1>
      <p>{missing ? 'It may have been deleted, or it is no longer public.' : message}</p>
      {!missing && (
        <button type="button" onClick={() => location.reload()}>
          Try again
        </button>
      )}
      <a href="/">Go to your workflows</a>
    </main>
  )
}
