/** Shows the notes on workflows that have just been imported, and opens them. */
import { contentOf } from '../../importing/contents'
import { Notes } from '../../importing/Notes'
import { Dialog } from '../../ui/controls/Dialog'
import { editorUrl } from '../../ui/workflows/queries'
import { texts } from '../texts'
import type { Importing } from '../useImport'
import css from './ImportedDialog.module.css'

export function ImportedDialog({ importing }: { importing: Importing }) {
  const { noted, close } = importing
  if (!noted.length) return null
  return (
    <Dialog
      title={noted.length === 1 ? texts.importedWithNotes : texts.whatWasImported}
      onClose={close}
    >
      {noted.map(({ slug, found }) => (
        <section key={slug} className={css.one}>
          <header>
            <div>
              <h3>{found.name}</h3>
              <p>{contentOf(found)}</p>
            </div>
            <a className={css.open} href={editorUrl(slug)} data-autofocus>
              {texts.open}
            </a>
          </header>
          <Notes found={found} />
        </section>
      ))}
    </Dialog>
  )
}
