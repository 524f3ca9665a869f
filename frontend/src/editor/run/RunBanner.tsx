/** Says that the canvas shows a run as it was, and offers its graph back. */

import { RotateCcw } from 'lucide-react'
import { useState } from 'react'
import { graphRestore } from '../../api/results'
import type { ExecutionWorkflow } from '../../api/schema'
import { errorMessage } from '../../lib/errors'
import { toast } from '../../lib/toasts'
import { Button } from '../../ui/controls/Button'
import css from '../panels/ReadOnlyBanner.module.css'
import { useSession } from '../session'

export function RunBanner({ run }: { run: ExecutionWorkflow }) {
  const { slug, owns } = useSession()
  const [busy, setBusy] = useState(false)
  const current = `/app/editor/${encodeURIComponent(slug)}`
  const restore = async () => {
    setBusy(true)
    try {
      await graphRestore(slug, run)
      location.assign(current)
    } catch (error) {
      toast(errorMessage(error), { tone: 'bad' })
      setBusy(false)
    }
  }
  const when = new Date(run.createdAt).toLocaleString('en-GB', {
    dateStyle: 'medium',
    timeStyle: 'short',
  })
  return (
    <div className={css.banner} role="status">
      <span>
        This is run <a href={`/runs/${run.executionId}`}>{run.executionId.slice(0, 8)}</a> of {when}
        , as it was.
      </span>
      {owns && (
        <Button icon={<RotateCcw size={14} />} disabled={busy} onClick={restore}>
          Restore these values
        </Button>
      )}
      <a className={css.link} href={current}>
        Back to current
      </a>
    </div>
  )
}
