import '@mantine/core/styles.css'
import './ui/base.css'
import { MantineProvider } from '@mantine/core'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './frame/App.tsx'
import { startState } from './state/start.ts'
import { colorSchemeManager, theme } from './ui/theme.ts'

const root = document.getElementById('root')
if (!root) throw new Error('[page] index.html has no element with id "root".')

startState()
createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} defaultColorScheme="auto" colorSchemeManager={colorSchemeManager}>
      <App />
    </MantineProvider>
  </StrictMode>,
)
