/** Asks what becomes of a workflow file on a canvas that holds something, and shows its notes. */
import { FilePlus2, ImagePlus, Import, Replace } from 'lucide-react'
import type { ReactNode } from 'react'
import { contentOf } from '../../importing/contents'
import { Notes } from '../../importing/Notes'
import { Button } from '../../ui/controls/Button'
import { Dialog } from '../../ui/controls/Dialog'
import { fillWith, insertHere, openAlone } from '../edits/importing'
import { useSession } from '../session'
import { texts as editorTexts } from '../texts'
import type { PendingImport } from '../view'
import css from './ImportDialog.module.css'
import { texts } from './texts'

export function ImportDialog({
  pendingImport,
  onClose,
}: {
  pendingImport: PendingImport
  onClose: () => void
}) {
  const session = useSession()
  const { found, asImage, done } = pendingImport
  const { canEdit, document } = session.store
  const empty = document.nodes.length === 0
  const choose = (act: () => unknown) => () => {
    onClose()
    void act()
  }
  return (
    <Dialog
      title={done ? texts.importedNameTitle(found.name) : texts.importNameTitle(found.name)}
      onClose={onClose}
    >
      <p className={css.what}>
        {asImage ? texts.thisImageContainsAWorkflow(contentOf(found)) : contentOf(found)}
      </p>
      <Notes found={found} />
      {done ? (
        <div className={css.end}>
          <Button tone="primary" data-autofocus onClick={onClose}>
            {texts.gotIt}
          </Button>
        </div>
      ) : (
        <div className={css.ways}>
          {canEdit && (
            <Way
              first
              icon={<Import aria-hidden size={18} />}
              title={empty ? texts.openItsWorkflowHere : texts.insertHere}
              about={empty ? editorTexts.theCanvasIsStillEmpty : texts.besideTheExistingNodes}
              onClick={choose(() =>
                empty ? fillWith(session, found) : insertHere(session, pendingImport),
              )}
            />
          )}
          {asImage && canEdit && (
            <Way
              icon={<ImagePlus aria-hidden size={18} />}
              title={texts.useAsAnImage}
              about={texts.uploadItAndIgnoreItsWorkflow}
              onClick={choose(asImage)}
            />
          )}
          <Way
            first={!canEdit}
            icon={<FilePlus2 aria-hidden size={18} />}
            title={texts.openAsANewWorkflow}
            about={texts.thisOneStaysAsItIs}
            onClick={choose(() => openAlone(session, found))}
          />
          {canEdit && !empty && (
            <Way
              icon={<Replace aria-hidden size={18} />}
              title={texts.replaceTheWorkflow}
              about={texts.theNameAndTheUrlStay}
              onClick={choose(() => fillWith(session, found))}
            />
          )}
        </div>
      )}
    </Dialog>
  )
}

interface WayProps {
  icon: ReactNode
  title: string
  about: string
  first?: boolean
  onClick: () => void
}

function Way({ icon, title, about, first, onClick }: WayProps) {
  return (
    <button
      type="button"
      className={css.way}
      data-autofocus={first || undefined}
      data-first={first || undefined}
      onClick={onClick}
    >
      {icon}
      <span>
        <b>{title}</b>
        <small>{about}</small>
      </span>
    </button>
  )
}
