import { createParamDecorator } from '@nestjs/common';
import { localPrincipal } from '@elucidate/store/principal';
import type { Principal } from '@elucidate/store/principal';

/** The one place that decides on whose behalf a request is made. The API has no authentication: every caller counts as local. */
const principalOf = (): Principal => localPrincipal;

/** The principal of the request. */
export const Caller = createParamDecorator(principalOf);
