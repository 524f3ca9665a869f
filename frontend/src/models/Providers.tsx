/** A tile for each provider: its name, its state in words, and the one action that fits. */

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { CircleDollarSign, Ellipsis, KeyRound, Unplug } from 'lucide-react'
import { useEffect, useState } from 'react'
import { credentialDelete, credentialList } from '../api/account'
import { providerTest } from '../api/models'
import type { Credential, ModelProvider } from '../api/schema'
import { errorMessage } from '../lib/errors'
import { toast } from '../lib/toasts'
import type { Tone } from '../runs/tone'
import { Button } from '../ui/controls/Button'
import { useMenu } from '../ui/controls/useMenu'
import { CapsDialog } from '../ui/credentials/CapsDialog'
import { Confirm } from '../ui/forms/Confirm'
import { Loaded } from '../ui/forms/Loaded'
import Connect from '../ui/providers/Connect'
import { refreshProviders, useProviders } from '../ui/providers/queries'
import { StateDot } from '../ui/StateDot'
import { rich } from '../ui/text/rich'
import { KeyUse } from './KeyUse'
import { Mark } from './Mark'
import css from './ModelsPage.module.css'
import { texts } from './texts'

export function Providers() {
  const client = useQueryClient()
  const providers = useProviders()
  const [connecting, setConnecting] = useState<string | null>(null)
  const [leaving, setLeaving] = useState<ModelProvider | null>(null)
  const keys = useQuery({ queryKey: ['credentials'], queryFn: credentialList })
  const [capped, setCapped] = useState(idInHash)
  const inQuestion = keys.data?.find(row => row.id === capped)
  useEffect(() => {
    const follow = () => setCapped(idInHash())
    addEventListener('hashchange', follow)
    return () => removeEventListener('hashchange', follow)
  }, [])
  const disconnect = async ({ name, credential }: ModelProvider) => {
    if (credential) await credentialDelete(credential.id)
    toast(texts.nameIsDisconnected(name))
    await refreshProviders(client)
  }
  return (
    <section className={css.section} aria-labelledby="providers">
      <div className={css.head}>
        <h2 id="providers">{texts.providers}</h2>
        <p>
          {rich(texts.otherKeys, { link: words => <a href="/settings#credentials">{words}</a> })}
        </p>
      </div>
      <Loaded query={providers} what={texts.theProviders}>
        {rows => {
          const cloud = rows.filter(row => row.kind === 'cloud')
          if (!cloud.length) return <p className={css.none}>{texts.noProviders}</p>
          return (
            <ul className={css.tiles} aria-labelledby="providers">
              {cloud.map(row => (
                <Tile
                  key={row.id}
                  provider={row}
                  credential={keys.data?.find(key => key.id === row.credential?.id)}
                  active={connecting === row.id}
                  onCap={() => setCapped(row.credential?.id ?? '')}
                  onConnect={() => setConnecting(row.id)}
                  onDisconnect={() => setLeaving(row)}
                />
              ))}
            </ul>
          )
        }}
      </Loaded>
      {inQuestion && <CapsDialog credential={inQuestion} onClose={() => setCapped('')} />}
      {connecting && <Connect id={connecting} onClose={() => setConnecting(null)} />}
      {leaving && (
        <Confirm
          title={texts.disconnectName(leaving.name)}
          about={texts.theKeyIsDeleted(leaving.name)}
          verb={texts.disconnect}
          onDo={() => disconnect(leaving)}
          onClose={() => setLeaving(null)}
        />
      )}
    </section>
  )
}

/** The key in `/models#cap=<id>`, where a run leads that has reached its cap. */
const idInHash = (): string => decodeURIComponent(/^#cap=(.+)$/.exec(location.hash)?.[1] ?? '')

interface TileProps {
  provider: ModelProvider
  /** Its key, with what was spent on it. */
  credential: Credential | undefined
  /** Whether its dialog is open. */
  active: boolean
  onCap: () => void
  onConnect: () => void
  onDisconnect: () => void
}

function Tile({ provider, credential, active, onCap, onConnect, onDisconnect }: TileProps) {
  const { id, name, state } = provider
  const test = useMutation({ mutationFn: () => providerTest(id) })
  const connected = state === 'connected'
  const [tone, words] = stateOf(provider, test)
  const { opener, menu } = useMenu(
    texts.moreFor(name),
    () => [
      { id: 'caps', label: texts.setCaps, icon: <CircleDollarSign size={15} />, run: onCap },
      { id: 'key', label: texts.newKey, icon: <KeyRound size={15} />, run: onConnect },
      {
        id: 'disconnect',
        label: texts.disconnect,
        icon: <Unplug size={15} />,
        danger: true,
        run: onDisconnect,
      },
    ],
    160,
  )
  return (
    <li className={css.tile} data-active={active || undefined} data-off={!connected || undefined}>
      <Mark name={name} />
      <h3>{name}</h3>
      <span className={css.acts}>
        {state === 'needsKey' ? (
          <Button
            label={texts.connectName(name)}
            aria-label={texts.connectName(name)}
            onClick={onConnect}
          >
            {texts.connect}
          </Button>
        ) : (
          <Button
            label={texts.testName(name)}
            aria-label={texts.testName(name)}
            disabled={test.isPending}
            onClick={() => test.mutate()}
          >
            {texts.test}
          </Button>
        )}
        {connected && (
          <Button
            tone="ghost"
            label={texts.moreFor(name)}
            icon={<Ellipsis aria-hidden size={17} />}
            {...opener}
          />
        )}
      </span>
      <p className={css.state} data-tone={tone} role="status">
        <StateDot tone={tone} />
        <span title={words}>{words}</span>
      </p>
      {credential && <KeyUse credential={credential} onCap={onCap} />}
      {menu}
    </li>
  )
}

interface Test {
  isPending: boolean
  error: Error | null
  data: { models: number } | undefined
}

/** The state of a provider: the result of its last test here, else whether it is connected. */
function stateOf({ state, credential }: ModelProvider, test: Test): [Tone, string] {
  if (test.isPending) return ['running', texts.checking]
  if (state === 'needsKey') return ['quiet', texts.notConnected]
  if (test.error) return ['bad', errorMessage(test.error)]
  if (test.data) return ['ok', texts.worksWithModels(test.data.models)]
  if (state === 'open') return ['ok', texts.needsNoKey]
  return ['ok', credential ? texts.connectedKey(credential.last4) : texts.connected]
}
