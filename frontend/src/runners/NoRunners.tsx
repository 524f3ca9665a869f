/** What the page says before there is a runner: what one is, and how to start one. */
import { Plus, Server } from 'lucide-react'
import { Button } from '../ui/controls/Button'
import { CopyButton } from '../ui/text/CopyButton'
import css from './NoRunners.module.css'

const COMMAND = 'python main.py --listen 0.0.0.0'

/** `onAdd` is null for who registers none here. */
export function NoRunners({ onAdd }: { onAdd: (() => void) | null }) {
  return (
    <section className={css.empty} aria-labelledby="no-runners">
      <Server aria-hidden size={30} strokeWidth={1.5} />
      <h2 id="no-runners">No runners yet</h2>
      <p>
        A runner is a ComfyUI server, on this machine or another one, that runs the ComfyUI
        workflows on your canvases. Everything else runs here without one.
      </p>
      {onAdd ? (
        <Steps onAdd={onAdd} />
      ) : (
        <p>On this server staff add the runners: ask them for one.</p>
      )}
    </section>
  )
}

function Steps({ onAdd }: { onAdd: () => void }) {
  return (
    <>
      <ol>
        <li>
          Start ComfyUI so that this server can reach it:
          <span className={css.command}>
            <code>{COMMAND}</code>
            <CopyButton text={COMMAND} label="Copy the command" />
          </span>
          <small>
            On the same machine plain <code>python main.py</code> is enough. Add{' '}
            <code>--preview-method auto</code> to see previews while a graph runs. ComfyUI has no
            login: open its port only to machines you trust.
          </small>
        </li>
        <li>
          Add it here by its URL, such as <code>http://192.168.1.20:8188</code>.
        </li>
        <li>
          Drop a ComfyUI workflow (its JSON, or an image made with it) on a canvas, and run it.
        </li>
      </ol>
      <Button tone="primary" icon={<Plus aria-hidden size={15} />} onClick={onAdd}>
        Add runner
      </Button>
    </>
  )
}
