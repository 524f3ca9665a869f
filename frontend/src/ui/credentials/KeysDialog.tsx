/** The keys that a workflow of somebody else asks for, each with the user's choice. */

import { useQuery } from '@tanstack/react-query'
import { slotList } from '../../api/account'
import type { CredentialSlot } from '../../api/schema'
import { errorMessage } from '../../lib/errors'
import { Button } from '../controls/Button'
import { Dialog } from '../controls/Dialog'
import { KeySelect } from './KeySelect'
import css from './KeysDialog.module.css'
import { useBind } from './useBind'

/** The slots that are chosen outside the document, as far as they matter. */
export const askedFor = (rows: readonly CredentialSlot[] | undefined) =>
  (rows ?? []).filter(row => row.editable && (row.wanted || row.credential))

export function KeysDialog({ slug, onClose }: { slug: string; onClose: () => void }) {
  const { data, error } = useQuery({ queryKey: ['slots', slug], queryFn: () => slotList(slug) })
  const bind = useBind(slug)
  const rows = askedFor(data)
  return (
    <Dialog title="Keys for this workflow" onClose={onClose}>
      <p className={css.about}>
        Another user made these steps. They use a key of yours only if you choose one here, and only
        for its allowed domains. Only you see your choice.
      </p>
      {error && <p role="alert">{errorMessage(error)}</p>}
      <ul className={css.list}>
        {rows.map(row => (
          <li key={row.slot}>
            <div>
              <b>{row.node}</b>
              <p>
                {row.credential ? (
                  <>
                    Uses your <em>{row.credential.name}</em> key
                  </>
                ) : (
                  'Needs your key'
                )}
                {row.origin && ` for ${row.origin}`}
                {row.app && `, in ${row.app}`}
              </p>
            </div>
            <KeySelect
              label={`Key for ${row.node}`}
              value={row.credential?.id ?? ''}
              wanted={row.wanted}
              origin={row.origin}
              onChange={next => void bind(row, next)}
            />
          </li>
        ))}
      </ul>
      {data && !rows.length && <p className={css.about}>None of its steps asks for a key.</p>}
      <div className={css.end}>
        <Button tone="primary" onClick={onClose}>
          Done
        </Button>
      </div>
    </Dialog>
  )
}
