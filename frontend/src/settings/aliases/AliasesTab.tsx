/** App aliases: ids written into fal's clients, and the workflows that run for them here. */

import { useQuery, useQueryClient } from '@tanstack/react-query'
import { ArrowRight, Plus, Trash2, Waypoints } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { accountGet } from '../../api/account'
import { aliasCreate, aliasDelete, aliasList } from '../../api/aliases'
import { call } from '../../api/client'
import type { Alias } from '../../api/schema'
import { toast } from '../../lib/toasts'
import { Button } from '../../ui/controls/Button'
import { Dialog } from '../../ui/controls/Dialog'
import { Confirm } from '../../ui/forms/Confirm'
import { FormRow } from '../../ui/forms/FormRow'
import forms from '../../ui/forms/forms.module.css'
import { Loaded } from '../../ui/forms/Loaded'
import { Problem } from '../../ui/forms/Problem'
import { useSubmit } from '../../ui/forms/useSubmit'
import css from './AliasesTab.module.css'

export function AliasesTab() {
  const client = useQueryClient()
  const aliases = useQuery({ queryKey: ['aliases'], queryFn: aliasList })
  const account = useQuery({ queryKey: ['account'], queryFn: accountGet })
  const [adding, setAdding] = useState(false)
  const [deleting, setDeleting] = useState<Alias | null>(null)
  const refresh = () => client.invalidateQueries({ queryKey: ['aliases'] })
  const staff = account.data?.isStaff === true
  return (
    <section>
      <div className={forms.head}>
        <p>
          Programs written for fal name their apps by ids such as{' '}
          <code className={forms.mono}>fal-ai/flux/dev</code>. An alias lets such an id run a
          workflow of yours, without a change to the program.
        </p>
        <Button
          tone="primary"
          icon={<Plus aria-hidden size={15} />}
          onClick={() => setAdding(true)}
        >
          Add alias
        </Button>
      </div>
      <Loaded query={aliases} what="your app aliases">
        {rows =>
          rows.length ? (
            <ul className={forms.list} aria-label="App aliases">
              {rows.map(row => (
                <Row
                  key={row.id}
                  row={row}
                  onDelete={row.site && !staff ? undefined : () => setDeleting(row)}
                />
              ))}
            </ul>
          ) : (
            <div className={forms.empty}>
              <Waypoints aria-hidden size={26} strokeWidth={1.6} />
              <p>No app aliases yet. Workflows already run under their own ids.</p>
            </div>
          )
        }
      </Loaded>
      {adding && (
        <Add
          staff={staff}
          onClose={() => setAdding(false)}
          onAdded={app => {
            setAdding(false)
            toast(`“${app}” runs your workflow now.`)
            void refresh()
          }}
        />
      )}
      {deleting && (
        <Confirm
          title={`Delete the alias “${deleting.app}”?`}
          about="Programs that call this id no longer run the workflow. The workflow stays."
          verb="Delete"
          onDo={async () => {
            await aliasDelete(deleting.id)
            await refresh()
          }}
          onClose={() => setDeleting(null)}
        />
      )}
    </section>
  )
}

function Row({ row, onDelete }: { row: Alias; onDelete?: () => void }) {
  return (
    <li>
      <div className={forms.what}>
        <b className={forms.mono}>{row.app}</b>
        <p className={css.target}>
          <ArrowRight aria-label="runs" size={14} />
          {row.workflow ? (
            <a href={`/app/editor/${row.workflow.slug}`}>{row.workflow.name}</a>
          ) : (
            <span>a workflow that you can no longer read</span>
          )}
          {row.site && <span className={css.site}>Whole site</span>}
        </p>
      </div>
      {onDelete && (
        <Button
          tone="ghost"
          label={`Delete ${row.app}`}
          icon={<Trash2 aria-hidden size={16} />}
          onClick={onDelete}
        />
      )}
    </li>
  )
}

const NEEDED = { app: 'Enter the id of an app.', workflow: 'Choose a workflow.' }

interface AddProps {
  staff: boolean
  onClose: () => void
  onAdded: (app: string) => void
}

function Add({ staff, onClose, onAdded }: AddProps) {
  const [draft, setDraft] = useState({ app: '', workflow: '', site: false })
  const workflows = useQuery({
    queryKey: ['workflow-names'],
    queryFn: () => call<{ slug: string; name: string }[]>('/api/workflows'),
  })
  const { busy, problems, submit } = useSubmit(Object.keys(NEEDED))
  const add = (event: FormEvent) => {
    event.preventDefault()
    const missing = Object.fromEntries(
      Object.entries(NEEDED).filter(([name]) => !draft[name as keyof typeof NEEDED].trim()),
    )
    void submit(async () => {
      const made = await aliasCreate(draft)
      onAdded(made.app)
    }, missing)
  }
  return (
    <Dialog title="Add alias" onClose={onClose}>
      <form className={forms.form} noValidate autoComplete="off" onSubmit={add}>
        <FormRow
          label="App id"
          help="The id the program calls, such as fal-ai/flux/dev."
          problem={problems.fields.app}
        >
          {props => (
            <input
              {...props}
              type="text"
              autoFocus
              spellCheck={false}
              autoCapitalize="none"
              value={draft.app}
              onChange={event => setDraft({ ...draft, app: event.target.value })}
            />
          )}
        </FormRow>
        <FormRow label="Workflow" problem={problems.fields.workflow}>
          {props => (
            <select
              {...props}
              value={draft.workflow}
              onChange={event => setDraft({ ...draft, workflow: event.target.value })}
            >
              <option value="">Choose…</option>
              {workflows.data?.map(({ slug, name }) => (
                <option key={slug} value={slug}>
                  {name}
                </option>
              ))}
            </select>
          )}
        </FormRow>
        {staff && (
          <label className={css.check}>
            <input
              type="checkbox"
              checked={draft.site}
              onChange={event => setDraft({ ...draft, site: event.target.checked })}
            />
            For every account of this site (a public workflow or a template)
          </label>
        )}
        <Problem text={problems.whole} />
        <div className={`${forms.buttons} ${forms.end}`}>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" tone="primary" disabled={busy}>
            {busy ? 'Adding…' : 'Add alias'}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
