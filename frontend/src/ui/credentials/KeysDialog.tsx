/** The keys that a workflow of another user asks for, each with the user's choice. */

import { useQuery } from '@tanstack/react-query'
import { slotList } from '../../api/account'
import type { CredentialSlot } from '../../api/schema'
import { errorMessage } from '../../lib/errors'
import { Button } from '../controls/Button'
import { Dialog } from '../controls/Dialog'
import { rich } from '../text/rich'
import { texts } from '../texts'
import { KeySelect } from './KeySelect'
import css from './KeysDialog.module.css'
import { useBind } from './useBind'

/** The slots that are chosen outside the document, as far as they matter. */
export const requestedKeys = (rows: readonly CredentialSlot[] | undefined) =>
  (rows ?? []).filter(row => row.editable && (row.wanted || row.credential))

function slotWords({ credential, origin }: CredentialSlot): string {
  if (!credential) return origin ? texts.needsYourKeyFor(origin) : texts.needsYourKey
  return origin ? texts.usesYourKeyFor(credential.name, origin) : texts.usesYourKey(credential.name)
}

export function KeysDialog({ slug, onClose }: { slug: string; onClose: () => void }) {
  const { data, error } = useQuery({ queryKey: ['slots', slug], queryFn: () => slotList(slug) })
  const bind = useBind(slug)
  const rows = requestedKeys(data)
  return (
    <Dialog title={texts.keysForThisWorkflow} onClose={onClose}>
      <p className={css.about}>{texts.anotherUserMadeTheseSteps}</p>
      {error && <p role="alert">{errorMessage(error)}</p>}
      <ul className={css.list}>
        {rows.map(row => (
          <li key={row.slot}>
            <div>
              <b>{row.node}</b>
              <p>
                {rich(slotWords(row), { key: words => <em>{words}</em> })}
                {row.app && texts.inApp(row.app)}
              </p>
            </div>
            <KeySelect
              label={texts.keyForNode(row.node)}
              value={row.credential?.id ?? ''}
              wanted={row.wanted}
              origin={row.origin}
              onChange={next => void bind(row, next)}
            />
          </li>
        ))}
      </ul>
      {data && !rows.length && <p className={css.about}>{texts.noneOfItsStepsAsks}</p>}
      <div className={css.end}>
        <Button tone="primary" onClick={onClose}>
          {texts.done}
        </Button>
      </div>
    </Dialog>
  )
}
