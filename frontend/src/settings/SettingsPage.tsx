/** The settings page: one's profile, keys, webhooks, credentials and usage, a tab each. */
import { useEffect, useRef, useState } from 'react'
import type { PageProps } from '../ui/page'
import { AppShell } from '../ui/shell/AppShell'
import { ProfileTab } from './account/ProfileTab'
import { UsageTab } from './account/UsageTab'
import { AliasesTab } from './aliases/AliasesTab'
import { CredentialsTab } from './keys/CredentialsTab'
import { KeysTab } from './keys/KeysTab'
import css from './SettingsPage.module.css'
import { texts } from './texts'
import { WebhooksTab } from './webhooks/WebhooksTab'

const TABS = {
  profile: { name: texts.profile, Tab: ProfileTab },
  keys: { name: texts.keys, Tab: KeysTab },
  webhooks: { name: texts.webhooks, Tab: WebhooksTab },
  credentials: { name: texts.credentials, Tab: CredentialsTab },
  aliases: { name: texts.appAliases, Tab: AliasesTab },
  usage: { name: texts.usage, Tab: UsageTab },
} as const
type TabName = keyof typeof TABS

const named = (): TabName => {
  const hash = location.hash.slice(1)
  return hash in TABS ? (hash as TabName) : 'profile'
}

export default function SettingsPage({ user }: PageProps) {
  const [tab, setTab] = useState(named)
  useEffect(() => {
    const changed = () => setTab(named())
    addEventListener('hashchange', changed)
    return () => removeEventListener('hashchange', changed)
  }, [])
  const tabs = useRef<HTMLElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another tab is in view when it is chosen
  useEffect(() => {
    // On a phone not all of them are.
    const chosen = tabs.current?.querySelector('[aria-current]')
    chosen?.scrollIntoView({ block: 'nearest', inline: 'center' })
  }, [tab])
  const { Tab } = TABS[tab]
  return (
    <AppShell active="settings" user={user}>
      <h1 className={css.title}>{texts.settings}</h1>
      <nav ref={tabs} className={css.tabs} aria-label={texts.settings}>
        {Object.entries(TABS).map(([name, { name: words }]) => (
          <a key={name} href={`#${name}`} aria-current={name === tab ? 'page' : undefined}>
            {words}
          </a>
        ))}
      </nav>
      <div className={css.body}>
        <Tab />
      </div>
    </AppShell>
  )
}
