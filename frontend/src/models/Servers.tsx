/** The servers that are allowed here: found on this machine, or added by their URL. */

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Plus, Radar, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { serverCreate, serverDelete, serverFind } from '../api/models'
import type { FoundServer, ModelServer } from '../api/schema'
import { errorMessage } from '../lib/errors'
import { toast } from '../lib/toasts'
import { Button } from '../ui/controls/Button'
import { Dialog } from '../ui/controls/Dialog'
import { Confirm } from '../ui/forms/Confirm'
import { Form } from '../ui/forms/Form'
import { Loaded } from '../ui/forms/Loaded'
import { Problem } from '../ui/forms/Problem'
import { TextRow } from '../ui/forms/TextRow'
import { useSubmit } from '../ui/forms/useSubmit'
import { refreshProviders, useServers } from '../ui/providers/queries'
import { StateDot } from '../ui/StateDot'
import { Mark } from './Mark'
import css from './ModelsPage.module.css'
import { texts } from './texts'

export function Servers({ staff }: { staff: boolean }) {
  const client = useQueryClient()
  const servers = useServers()
  const [adding, setAdding] = useState(false)
  const [removing, setRemoving] = useState<ModelServer | null>(null)
  const find = useMutation({ mutationFn: serverFind })
  const allow = useMutation({
    mutationFn: serverCreate,
    onSuccess: ({ name }) => {
      toast(texts.nameIsAllowed(name))
      return refreshProviders(client)
    },
    onError: error => toast(errorMessage(error), { tone: 'bad' }),
  })
  const remove = async ({ id, name }: ModelServer) => {
    await serverDelete(id)
    toast(texts.nameIsRemoved(name))
    await refreshProviders(client)
  }
  return (
    <section className={css.section} aria-labelledby="servers">
      <div className={css.head}>
        <div>
          <h2 id="servers">{texts.servers}</h2>
          <p>{texts.aboutServers}</p>
        </div>
        {staff && (
          <span className={css.acts}>
            <Button
              icon={<Radar aria-hidden size={15} />}
              disabled={find.isPending}
              onClick={() => find.mutate()}
            >
              {find.isPending ? texts.looking : texts.lookForServers}
            </Button>
            <Button icon={<Plus aria-hidden size={15} />} onClick={() => setAdding(true)}>
              {texts.addServer}
            </Button>
          </span>
        )}
      </div>
      <Loaded query={servers} what={texts.theServers}>
        {rows => {
          const found = (find.data ?? []).filter(
            one => !rows.some(row => row.baseUrl === one.baseUrl),
          )
          return (
            <>
              {rows.length + found.length > 0 ? (
                <ul className={css.tiles} aria-labelledby="servers">
                  {found.map(one => (
                    <Found
                      key={one.baseUrl}
                      server={one}
                      busy={allow.isPending}
                      onAllow={() => allow.mutate({ name: one.name, baseUrl: one.baseUrl })}
                    />
                  ))}
                  {rows.map(row => (
                    <Allowed
                      key={row.id}
                      server={row}
                      onRemove={staff ? () => setRemoving(row) : null}
                    />
                  ))}
                </ul>
              ) : (
                <p className={css.none}>{staff ? texts.noServers : texts.staffAllowServers}</p>
              )}
              <div role="status">
                {find.data && !found.length && <p className={css.said}>{texts.noneFound}</p>}
              </div>
              {find.error && <Problem text={errorMessage(find.error)} />}
            </>
          )
        }}
      </Loaded>
      {adding && <AddServer onClose={() => setAdding(false)} />}
      {removing && (
        <Confirm
          title={texts.removeNameQuestion(removing.name)}
          about={texts.serverIsRemoved}
          verb={texts.remove}
          onDo={() => remove(removing)}
          onClose={() => setRemoving(null)}
        />
      )}
    </section>
  )
}

function Found(props: { server: FoundServer; busy: boolean; onAllow: () => void }) {
  const { name, baseUrl, models } = props.server
  return (
    <li className={css.tile} data-found>
      <Mark name={name} />
      <h3>{name}</h3>
      <span className={css.acts}>
        <Button
          tone="primary"
          label={texts.allowName(name)}
          aria-label={texts.allowName(name)}
          disabled={props.busy}
          onClick={props.onAllow}
        >
          {texts.allow}
        </Button>
      </span>
      <p className={css.state}>
        <StateDot tone="quiet" />
        <span title={baseUrl}>
          {texts.foundAt(hostOf(baseUrl))}, {texts.withModels(models)}
        </span>
      </p>
    </li>
  )
}

function Allowed({ server, onRemove }: { server: ModelServer; onRemove: (() => void) | null }) {
  const { name, baseUrl } = server
  return (
    <li className={css.tile}>
      <Mark name={name} />
      <h3>{name}</h3>
      <span className={css.acts}>
        {onRemove && (
          <Button
            tone="ghost"
            label={texts.removeName(name)}
            icon={<Trash2 aria-hidden size={16} />}
            onClick={onRemove}
          />
        )}
      </span>
      <p className={css.state}>
        <StateDot tone="ok" />
        <span title={baseUrl}>{hostOf(baseUrl)}</span>
      </p>
    </li>
  )
}

function AddServer({ onClose }: { onClose: () => void }) {
  const client = useQueryClient()
  const [name, setName] = useState('')
  const [baseUrl, setBaseUrl] = useState('')
  const form = useSubmit(['name', 'baseUrl'])
  const add = () => {
    const missing: Record<string, string> = {}
    if (!name.trim()) missing.name = texts.enterAName
    if (!baseUrl.trim()) missing.baseUrl = texts.enterItsUrl
    void form.submit(async () => {
      const made = await serverCreate({ name: name.trim(), baseUrl: baseUrl.trim() })
      toast(texts.nameIsAllowed(made.name))
      onClose()
      await refreshProviders(client)
    }, missing)
  }
  return (
    <Dialog title={texts.addServer} onClose={onClose}>
      <Form
        sending={form}
        onSubmit={add}
        onCancel={onClose}
        verb={texts.addServer}
        meanwhile={texts.adding}
      >
        <TextRow
          label={texts.name}
          problem={form.problems.fields.name}
          data-autofocus
          value={name}
          onChange={setName}
        />
        <TextRow
          label={texts.url}
          help={texts.urlHelp}
          problem={form.problems.fields.baseUrl}
          type="url"
          spellCheck={false}
          value={baseUrl}
          onChange={setBaseUrl}
        />
      </Form>
    </Dialog>
  )
}

/** `127.0.0.1:11434` of a URL. */
function hostOf(url: string): string {
  try {
    return new URL(url).host
  } catch {
    return url
  }
}
