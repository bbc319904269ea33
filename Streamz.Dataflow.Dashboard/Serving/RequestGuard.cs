using Microsoft.AspNetCore.Http;

namespace Streamz.Dataflow.Dashboard.Serving;

/// <summary>Refuses what the page itself never asks for, before any of it is read.</summary>
internal static class RequestGuard
{
    private const string Connection = "/_blazor";

    /// <summary>Sets the status of a request that is not to be served.</summary>
    /// <param name="context">The request.</param>
    /// <param name="path">The path of the dashboard.</param>
    /// <returns>Whether it is refused.</returns>
    public static bool Refuses(HttpContext context, PathString path)
    {
        var request = context.Request;
        if (request.Path.StartsWithSegments(path + Connection))
        {
            if (!IsFromAnotherSite(request))
            {
                return false;
            }

            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return true;
        }

        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
        {
            return false;
        }

        context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
        context.Response.Headers.Allow = $"{HttpMethods.Get}, {HttpMethods.Head}";
        return true;
    }

    /// <summary>Browsers let any page open a web socket to anywhere, with the cookies of the user; whose page it is they say in these headers.</summary>
    private static bool IsFromAnotherSite(HttpRequest request)
    {
        if (request.Headers["Sec-Fetch-Site"].ToString() is { Length: > 0 } site)
        {
            return site is not ("same-origin" or "none");
        }

        // Browsers say it over HTTPS and to the own machine only.
        return request.Headers.Origin.ToString() is { Length: > 0 } origin
            && !(Uri.TryCreate(origin, UriKind.Absolute, out var page) && string.Equals(page.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase));
    }
}
