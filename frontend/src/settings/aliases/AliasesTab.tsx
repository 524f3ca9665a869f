/** App aliases: ids written into fal's clients, and the workflows that run for them here. */

import { useQuery, useQueryClient } from '@tanstack/react-query'
import { ArrowRight, Plus, Trash2, Waypoints } from 'lucide-react'
import { useState } from 'react'
import { accountGet } from '../../api/account'
import { aliasCreate, aliasDelete, aliasList } from '../../api/aliases'
import { call } from '../../api/client'
import type { Alias } from '../../api/schema'
import { toast } from '../../lib/toasts'
import { Button } from '../../ui/controls/Button'
import { Dialog } from '../../ui/controls/Dialog'
import { Confirm } from '../../ui/forms/Confirm'
import { Form } from '../../ui/forms/Form'
import { FormRow } from '../../ui/forms/FormRow'
import forms from '../../ui/forms/forms.module.css'
import { Loaded } from '../../ui/forms/Loaded'
import { TextRow } from '../../ui/forms/TextRow'
import { useSubmit } from '../../ui/forms/useSubmit'
import { rich } from '../../ui/text/rich'
import { texts } from '../texts'
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
          {rich(texts.programsWrittenForFal, {
            code: words => <code className={forms.mono}>{words}</code>,
          })}
        </p>
        <Button
          tone="primary"
          icon={<Plus aria-hidden size={15} />}
          onClick={() => setAdding(true)}
        >
          {texts.addAlias}
        </Button>
      </div>
      <Loaded query={aliases} what={texts.yourAppAliases}>
        {rows =>
          rows.length ? (
            <ul className={forms.list} aria-label={texts.appAliases}>
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
              <p>{texts.noAppAliasesYet}</p>
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
            toast(texts.appRunsYourWorkflowNow(app))
            void refresh()
          }}
        />
      )}
      {deleting && (
        <Confirm
          title={texts.deleteTheAliasApp(deleting.app)}
          about={texts.programsThatCallThisIdNo}
          verb={texts.delete}
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

function Row({ row, onDelete }: { row: Alias; onDelete?: (() => void) | undefined }) {
  return (
    <li>
      <div className={forms.what}>
        <b className={forms.mono}>{row.app}</b>
        <p className={css.target}>
          <ArrowRight aria-label={texts.runsTo} size={14} />
          {row.workflow ? (
            <a href={`/app/editor/${row.workflow.slug}`}>{row.workflow.name}</a>
          ) : (
            <span>{texts.aWorkflowThatYouCanNo}</span>
          )}
          {row.site && <span className={css.site}>{texts.wholeSite}</span>}
        </p>
      </div>
      {onDelete && (
        <Button
          tone="ghost"
          label={texts.deleteApp(row.app)}
          icon={<Trash2 aria-hidden size={16} />}
          onClick={onDelete}
        />
      )}
    </li>
  )
}

const NEEDED = { app: texts.enterTheIdOfAnApp, workflow: texts.chooseAWorkflow }

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
  const form = useSubmit(Object.keys(NEEDED))
  const add = () => {
    const missing = Object.fromEntries(
      Object.entries(NEEDED).filter(([name]) => !draft[name as keyof typeof NEEDED].trim()),
    )
    void form.submit(async () => {
      const made = await aliasCreate(draft)
      onAdded(made.app)
    }, missing)
  }
  return (
    <Dialog title={texts.addAlias} onClose={onClose}>
      <Form
        sending={form}
        onSubmit={add}
        onCancel={onClose}
        verb={texts.addAlias}
        meanwhile={texts.adding}
      >
        <TextRow
          label={texts.appId}
          help={texts.theIdTheProgramCalls}
          problem={form.problems.fields.app}
          autoFocus
          spellCheck={false}
          autoCapitalize="none"
          value={draft.app}
          onChange={value => setDraft({ ...draft, app: value })}
        />
        <FormRow label={texts.workflow} problem={form.problems.fields.workflow}>
          {props => (
            <select
              {...props}
              value={draft.workflow}
              onChange={event => setDraft({ ...draft, workflow: event.target.value })}
            >
              <option value="">{texts.choose}</option>
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
            {texts.forEveryAccountOfThisSite}
          </label>
        )}
      </Form>
    </Dialog>
  )
}
