/** What the page says before there is a runner: what one is, and how to start one. */
import { Plus, Server } from 'lucide-react'
import { Button } from '../ui/controls/Button'
import { CopyButton } from '../ui/text/CopyButton'
import { rich } from '../ui/text/rich'
import css from './NoRunners.module.css'
import { texts } from './texts'

const COMMAND = 'python main.py --listen 0.0.0.0'
const CODE = { code: (words: string) => <code>{words}</code> }

/** `onAdd` is null for who registers none here. */
export function NoRunners({ onAdd }: { onAdd: (() => void) | null }) {
  return (
    <section className={css.empty} aria-labelledby="no-runners">
      <Server aria-hidden size={30} strokeWidth={1.5} />
      <h2 id="no-runners">{texts.noRunnersYet}</h2>
      <p>{texts.aRunnerIsAComfyuiServer}</p>
      {onAdd ? <Steps onAdd={onAdd} /> : <p>{texts.onThisServerStaffAdd}</p>}
    </section>
  )
}

function Steps({ onAdd }: { onAdd: () => void }) {
  return (
    <>
      <ol>
        <li>
          {texts.startComfyui}
          <span className={css.command}>
            <code>{COMMAND}</code>
            <CopyButton text={COMMAND} label={texts.copyTheCommand} />
          </span>
          <small>{rich(texts.previewsAndPorts, CODE)}</small>
        </li>
        <li>{rich(texts.addItByUrl, CODE)}</li>
        <li>{texts.dropAComfyuiWorkflowItsJson}</li>
      </ol>
      <Button tone="primary" icon={<Plus aria-hidden size={15} />} onClick={onAdd}>
        {texts.addRunner}
      </Button>
    </>
  )
}
