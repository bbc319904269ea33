namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("Route", Theme.Branches, "Each request goes to the first branch that takes it, and what none takes to the last.")]
internal sealed class RouteExample : Example
{
    protected override void Build()
    {
        var requests = Input<(string Method, string Path)>("requests", (1, ("GET", "/")), (2, ("PUT", "/a")), (3, ("HEAD", "/")), (4, ("GET", "/b")));

        var (reads, writes, rest) = requests.Route(
            request => request.Method == "GET",
            request => request.Method == "PUT");

        Output(reads);
        Output(writes);
        Output(rest);
    }
}
