/** The dialog that connects a provider: paste its key, see what it offers, done. */

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { CircleCheck, ExternalLink, Eye, EyeOff, PlugZap, TriangleAlert } from 'lucide-react'
import { type SyntheticEvent, useId, useState } from 'react'
import { providerConnect, providerTest } from '../../api/models'
import type { ModelProvider, ProviderTrial } from '../../api/schema'
import { errorMessage } from '../../lib/errors'
import { amount } from '../../lib/locale'
import { toast } from '../../lib/toasts'
import { Button } from '../controls/Button'
import { Dialog } from '../controls/Dialog'
import { CapFields } from '../credentials/CapFields'
import { NO_CAPS, readCaps } from '../credentials/caps'
import forms from '../forms/forms.module.css'
import { Loaded } from '../forms/Loaded'
import { Problem } from '../forms/Problem'
import { useSubmit } from '../forms/useSubmit'
import css from './Connect.module.css'
import { refreshProviders, useProviders } from './queries'
import { saveable, taskCounts } from './test'
import { texts } from './texts'

interface Props {
  /** The id of the provider. */
  id: string
  onClose: () => void
  /** What comes after it is connected, besides closing. */
  onConnected?: () => void
}

export default function Connect({ id, onClose, onConnected }: Props) {
  const providers = useProviders()
  const provider = providers.data?.find(row => row.id === id)
  return (
    <Dialog title={texts.connectProvider(provider?.name ?? id)} side onClose={onClose}>
      <Loaded query={providers} what={texts.theProviders}>
        {() =>
          provider ? (
            <Form
              provider={provider}
              onClose={onClose}
              onConnected={() => {
                onConnected?.()
                onClose()
              }}
            />
          ) : (
            <>
              <p className={css.help}>{texts.noSuchProvider(id)}</p>
              <a href="/models">{texts.providersAndModels}</a>
            </>
          )
        }
      </Loaded>
    </Dialog>
  )
}

interface FormProps {
  provider: ModelProvider
  onClose: () => void
  onConnected: () => void
}

function Form({ provider, onClose, onConnected }: FormProps) {
  const client = useQueryClient()
  const field = useId()
  const [secret, setSecret] = useState('')
  const [shown, setShown] = useState(false)
  const test = useMutation({ mutationFn: (key: string) => providerTest(provider.id, key) })
  const [caps, setCaps] = useState(NO_CAPS)
  const read = readCaps(caps)
  const { busy, problems, submit } = useSubmit(['capPerDay', 'capPerMonth'])
  const key = secret.trim()
  const passed = test.data?.ok === true
  const anyway = saveable(test.error)
  const begin = (text: string) => {
    if (text.trim()) test.mutate(text.trim())
  }
  const connect = () =>
    submit(async () => {
      await providerConnect(provider, key, read.caps)
      toast(texts.nameIsConnected(provider.name))
      onConnected()
      await refreshProviders(client)
    }, read.wrong)
  const go = (event: SyntheticEvent) => {
    event.preventDefault()
    // A portal's events go on to the card that it was opened from.
    event.stopPropagation()
    if (passed || anyway) void connect()
    else begin(secret)
  }
  return (
    <form className={css.form} noValidate autoComplete="off" onSubmit={go}>
      <div className={css.label}>
        <label htmlFor={field}>{texts.key}</label>
        {provider.keyUrl && (
          <a href={provider.keyUrl} target="_blank" rel="noreferrer">
            {texts.whereDoIFindIt} <ExternalLink aria-hidden size={13} />
          </a>
        )}
      </div>
      <div className={css.secret}>
        <input
          id={field}
          data-autofocus
          type={shown ? 'text' : 'password'}
          autoComplete="new-password"
          spellCheck={false}
          placeholder={provider.keyHint && texts.keyStartsWith(provider.keyHint)}
          aria-describedby={`${field}-help`}
          value={secret}
          onChange={event => {
            // What was found is about what was there before.
            test.reset()
            setSecret(event.target.value)
          }}
          // A form whose button is disabled is not submitted by Enter.
          onKeyDown={event => event.key === 'Enter' && go(event)}
          onPaste={event => {
            const pasted = event.clipboardData.getData('text').trim()
            if (!pasted || secret) return
            event.preventDefault()
            setSecret(pasted)
            begin(pasted)
          }}
        />
        <Button
          tone="ghost"
          label={shown ? texts.hideTheKey : texts.showTheKey}
          icon={shown ? <EyeOff aria-hidden size={16} /> : <Eye aria-hidden size={16} />}
          onClick={() => setShown(!shown)}
        />
      </div>
      <p id={`${field}-help`} className={css.help}>
        {texts.storedEncrypted} {provider.origin && texts.sentTo(provider.origin)}{' '}
        {provider.credential && texts.replacesKey(provider.credential.last4)}
      </p>
      <Button
        icon={<PlugZap aria-hidden size={15} />}
        disabled={!key || test.isPending}
        onClick={() => begin(secret)}
      >
        {test.isPending ? texts.testing(provider.name) : test.isIdle ? texts.test : texts.testAgain}
      </Button>
      <div role="status" className={css.result}>
        {test.data && <Found test={test.data} />}
        {test.error && (
          <div className={css.box} data-tone={anyway ? 'warn' : 'bad'}>
            <TriangleAlert aria-hidden size={17} />
            <div>
              <b>{anyway ? texts.couldNotBeTested : texts.theKeyWasRefused}</b>
              <p>{errorMessage(test.error)}</p>
              {anyway && <p>{texts.saveItAnyway}</p>}
            </div>
          </div>
        )}
      </div>
      <details className={css.caps}>
        <summary>{texts.whatItMaySpend}</summary>
        <CapFields draft={caps} problems={problems.fields} onChange={setCaps} />
      </details>
      <Problem text={problems.whole} />
      <div className={css.end}>
        <span>{key ? texts.aTestCostsNothing : texts.pasteAKeyFirst}</span>
        <span className={forms.buttons}>
          <Button onClick={onClose}>{texts.cancel}</Button>
          <Button type="submit" tone="primary" disabled={busy || !(passed || anyway)}>
            {busy ? texts.connecting : anyway ? texts.saveAnyway : texts.connect}
          </Button>
        </span>
      </div>
    </form>
  )
}

function Found({ test }: { test: ProviderTrial }) {
  return (
    <div className={css.box} data-tone="ok">
      <CircleCheck aria-hidden size={17} />
      <div>
        <b>{test.models ? texts.worksWithModels(test.models) : texts.works}</b>
        <dl>
          {taskCounts(test).map(([name, count]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{amount(count)}</dd>
            </div>
          ))}
        </dl>
      </div>
    </div>
  )
}
