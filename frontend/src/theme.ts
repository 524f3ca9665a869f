/** Sets the theme before the first paint; a classic script of its own, loaded ahead of the page. */
{
  const kept = localStorage.getItem('theme')
  const light = matchMedia('(prefers-color-scheme: light)').matches
  const theme = kept === 'light' || kept === 'dark' ? kept : light ? 'light' : 'dark'
  document.documentElement.dataset.theme = theme
}
