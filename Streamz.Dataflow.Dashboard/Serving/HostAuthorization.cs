using Microsoft.AspNetCore.Authorization;

namespace Streamz.Dataflow.Dashboard.Serving;

/// <summary>How the host decides what a user may.</summary>
/// <param name="Service">The service of the host.</param>
internal sealed record HostAuthorization(IAuthorizationService Service);
