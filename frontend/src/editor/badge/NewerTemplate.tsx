/** Says over the canvas that the template of a copy has a newer version, and what came of taking it. */
import { useQueryClient } from '@tanstack/react-query'
import { GitCompareArrows } from 'lucide-react'
import { useEffect, useState } from 'react'
import { createPortal } from 'react-dom'
import { newerTemplateDecide } from '../../api/history'
import type { CopiedFrom } from '../../api/schema'
import { errorMessage } from '../../lib/errors'
import { toast } from '../../lib/toasts'
import { Button } from '../../ui/controls/Button'
import css from '../panels/Banner.module.css'
import { useSession } from '../session'
import { texts } from './texts'

const TAKEN = 'left-out'

export function NewerTemplate({ template }: { template: CopiedFrom }) {
  const session = useSession()
  const { slug } = session
  const client = useQueryClient()
  const [busy, setBusy] = useState(false)
  useEffect(() => {
    const url = new URL(location.href)
    const taken = url.searchParams.get(TAKEN)
    if (taken === null) return
    url.searchParams.delete(TAKEN)
    history.replaceState(null, '', url)
    toast(texts.taken(Number(taken)))
  }, [])
  const { newer } = template
  if (newer === null) return null
  const compare = () =>
    void session.leave(`/workflows/${encodeURIComponent(slug)}/history?template`)
  const dismiss = async () => {
    setBusy(true)
    try {
      await newerTemplateDecide(slug, newer, false)
      await client.invalidateQueries({ queryKey: ['versions', slug] })
    } catch (error) {
      toast(errorMessage(error), { tone: 'bad' })
      setBusy(false)
    }
  }
  // The top bar does not show all on a narrow page; over the canvas there is room.
  return createPortal(
    <aside className={`${css.banner} ${css.page}`} aria-label={texts.newerVersion}>
      <p>
        <b>{texts.newerVersion}</b> {texts.nameInVersion(template.name, newer)}
      </p>
      <Button disabled={busy} onClick={() => void dismiss()}>
        {texts.dismiss}
      </Button>
      <Button
        tone="primary"
        icon={<GitCompareArrows aria-hidden size={15} />}
        disabled={busy}
        onClick={() => void compare()}
      >
        {texts.compare}
      </Button>
    </aside>,
    document.body,
  )
}
