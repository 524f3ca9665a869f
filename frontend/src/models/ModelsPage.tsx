/** What can run a model: providers with one's own keys, allowed servers, and this server itself. */

import { useQuery } from '@tanstack/react-query'
import { accountGet } from '../api/account'
import type { PageProps } from '../ui/page'
import { AppShell } from '../ui/shell/AppShell'
import { LocalModels } from './LocalModels'
import css from './ModelsPage.module.css'
import { Providers } from './Providers'
import { Servers } from './Servers'
import { texts } from './texts'

export default function ModelsPage({ user }: PageProps) {
  const account = useQuery({ queryKey: ['account'], queryFn: accountGet })
  const staff = account.data?.isStaff === true
  return (
    <AppShell active="models" user={user}>
      <header className={css.header}>
        <h1>{texts.models}</h1>
        <p>{texts.whatCanRunAModel}</p>
      </header>
      <Providers />
      {account.data && <Servers staff={staff} />}
      <LocalModels staff={staff} />
    </AppShell>
  )
}
