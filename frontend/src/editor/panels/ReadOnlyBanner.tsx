/** Says why the canvas is not edited: an earlier run, or a template with the offer of a copy. */
import { useQuery } from '@tanstack/react-query'
import { CopyPlus, KeyRound } from 'lucide-react'
import { useState } from 'react'
import { useStore } from 'zustand'
import { slotList } from '../../api/account'
import { workflowDuplicate } from '../../api/workflows'
import { errorMessage } from '../../lib/errors'
import { toast } from '../../lib/toasts'
import { Button } from '../../ui/controls/Button'
import { requestedKeys } from '../../ui/credentials/KeysDialog'
import { WhoseKeys } from '../../ui/credentials/WhoseKeys'
import { byKey } from '../../ui/credentials/whose'
import { RunBanner } from '../run/RunBanner'
import { useSession } from '../session'
import { texts as editorTexts } from '../texts'
import css from './Banner.module.css'
import { texts } from './texts'

export function ReadOnlyBanner() {
  const { store, slug, past, view, role, sharedBy, runner } = useSession()
  const offer = useStore(runner.state, ({ plan }) => plan?.paidFor)
  const paid = offer?.pays ? offer : null
  const [busy, setBusy] = useState(false)
  const slots = useQuery({
    queryKey: ['slots', slug],
    queryFn: () => slotList(slug),
    enabled: !store.canEdit && !past,
  })
  const slotRows = paid ? [] : requestedKeys(slots.data)
  const open = slotRows.filter(row => !row.credential).length
  if (past) return <RunBanner run={past} />
  if (store.canEdit) return null
  const copy = async () => {
    setBusy(true)
    try {
      const made = await workflowDuplicate(slug)
      location.assign(`/app/editor/${encodeURIComponent(made.slug)}`)
    } catch (error) {
      toast(errorMessage(error), { tone: 'bad' })
      setBusy(false)
    }
  }
  return (
    <div className={css.banner} role="status">
      <span>
        {sharedBy === null
          ? texts.thisIsATemplate
          : role === 'run'
            ? texts.sharedToRun(sharedBy)
            : texts.sharedToView(sharedBy)}
        {paid && ` ${editorTexts.paidBy(paid.user, paid.number)}`}
        {slotRows.length > 0 && <WhoseKeys rows={byKey(slotRows)} />}
      </span>
      {slotRows.length > 0 && (
        <Button icon={<KeyRound size={14} />} onClick={() => view.setState({ keys: true })}>
          {open ? texts.chooseKeys(open) : texts.yourKeys}
        </Button>
      )}
      <Button tone="primary" icon={<CopyPlus size={14} />} disabled={busy} onClick={copy}>
        {editorTexts.makeACopy}
      </Button>
    </div>
  )
}
