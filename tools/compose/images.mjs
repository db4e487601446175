/** What must hold of the images themselves. */

/** Lists what belongs to an installation, or to the person who built the image. */
const listPrivate = "find /app /data /home /root -xdev -not -path '*/node_modules/*' \\( -name .git -o -name '.env*' -o -name .npmrc -o -name .elucidate -o -name '*.pem' -o -name '*.key' -o -name 'id_*' \\)";
const listSources = "find /app/apps /app/libs -name '*.ts' -not -name '*.d.ts' | head -5";

/** Size in megabytes of an image, and problems with it. */
export function checkImage(project, image) {
  // Docker has the health check in Config, Podman beside it
  const [{ Size: size, Config: { User: user, Env: env, Healthcheck: health }, Healthcheck: podmanHealth = health }] = JSON.parse(project.run('image', 'inspect', image));
  const found = project.run('run', '--rm', '--network=none', '--user=0', '--entrypoint=sh', image, '-c', listPrivate);
  const sources = project.run('run', '--rm', '--network=none', '--entrypoint=sh', image, '-c', listSources);
  const problems = [
    ...(!user || user === '0' || user === 'root' ? [`${image} runs as root`] : []),
    ...(podmanHealth === undefined ? [`${image} has no health check`] : []),
    ...(/PASSWORD|SECRET|TOKEN|DATABASE_URL|ELUCIDATE_KEY/i.test(env.join()) ? [`${image} has a setting of an installation in its environment: ${env.join()}`] : []),
    ...(found === '' ? [] : [`${image} holds ${found.split('\n').join(', ')}`]),
    ...(sources === '' ? [] : [`${image} holds sources: ${sources.split('\n').join(', ')}`]),
  ];
  return { megabytes: Math.round(size / 1e6), problems };
}
