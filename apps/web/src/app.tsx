import type { JSX } from 'preact';
import { lazy } from './parts/lazy.js';
import { hrefOf } from './route/route.js';
import { useRoute } from './route/use-route.js';
import { SweepView } from './views/sweep.js';
import { SweepsView } from './views/sweeps.js';

const NewSweepView = lazy('new sweep', async () => (await import('./views/new-sweep.js')).NewSweepView);

const CellView = lazy('configuration', async () => (await import('./views/cell.js')).CellView);
const FleetView = lazy('fleet', async () => (await import('./views/fleet.js')).FleetView);
const StageView = lazy('stage', async () => (await import('./views/stage.js')).StageView);

const places = [
  { path: [], name: 'Sweeps' },
  { path: ['new'], name: 'New sweep' },
  { path: ['fleet'], name: 'Fleet' },
] as const;

/** The view that an address names. */
function viewOf([first, second, third]: readonly string[]): JSX.Element {
  switch (first) {
    case undefined: return <SweepsView />;
    case 'new': return <NewSweepView />;
    case 'fleet': return <FleetView />;
    case 'sweeps': if (second !== undefined) return <SweepView key={second} id={second} tab={third} />; break;
    case 'stages': if (second !== undefined) return <StageView key={second} id={second} />; break;
    case 'cells': if (second !== undefined) return <CellView key={second} id={second} />; break;
  }
  return <p>There is no such page. <a href={hrefOf([])}>All sweeps</a></p>;
}

export function App(): JSX.Element {
  const { path } = useRoute();
  return (
    <>
      <header class="site">
        <a class="name" href={hrefOf([])}>elucidate</a>
        <nav aria-label="Pages">
          {places.map(({ path: to, name }) => <a key={name} href={hrefOf(to)} aria-current={(path[0] ?? '') === (to[0] ?? '') ? 'page' : undefined}>{name}</a>)}
        </nav>
      </header>
      <main>{viewOf(path)}</main>
    </>
  );
}
