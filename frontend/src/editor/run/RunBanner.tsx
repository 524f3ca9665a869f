/** Says that the canvas shows a run as it was, and offers its graph back. */

import { CopyPlus, RotateCcw } from 'lucide-react'
import { useState } from 'react'
import { graphCopy, graphRestore } from '../../api/results'
import type { ExecutionWorkflow } from '../../api/schema'
import { errorMessage } from '../../lib/errors'
import { date } from '../../lib/time'
import { toast } from '../../lib/toasts'
import { Button } from '../../ui/controls/Button'
import { rich } from '../../ui/text/rich'
import css from '../panels/Banner.module.css'
import { useSession } from '../session'
import { texts as editorTexts } from '../texts'
import { texts } from './texts'

export function RunBanner({ run }: { run: ExecutionWorkflow }) {
  const { slug, owns } = useSession()
  const [busy, setBusy] = useState(false)
  const current = `/app/editor/${encodeURIComponent(slug)}`
  const go = async (find: () => Promise<string>) => {
    setBusy(true)
    try {
      location.assign(await find())
    } catch (error) {
      toast(errorMessage(error), { tone: 'bad' })
      setBusy(false)
    }
  }
  const when = date(new Date(run.createdAt), {
    dateStyle: 'medium',
    timeStyle: 'short',
  })
  return (
    <div className={css.banner} role="status">
      <span>
        {rich(texts.thisIsRun(run.executionId.slice(0, 8), when), {
          run: words => <a href={`/runs/${run.executionId}`}>{words}</a>,
        })}
      </span>
      {owns && (
        <Button
          icon={<RotateCcw size={14} />}
          disabled={busy}
          onClick={() => void go(() => graphRestore(slug, run.executionId).then(() => current))}
        >
          {texts.continueFromThisRun}
        </Button>
      )}
      <Button
        icon={<CopyPlus size={14} />}
        disabled={busy}
        onClick={() => void go(() => graphCopy(run))}
      >
        {editorTexts.makeACopy}
      </Button>
      <a className={css.link} href={current}>
        {texts.backToCurrent}
      </a>
    </div>
  )
}
