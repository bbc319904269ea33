using Streamz.Dataflow.Samples.Running;

namespace Streamz.Dataflow.Samples.Service;

/// <summary>What the command line says.</summary>
internal sealed record ServiceOptions
{
    public int Port { get; private init; } = 8080;

    /// <summary>How many orders a second the service posts to itself; none if zero.</summary>
    public int Load { get; private init; }

    /// <summary>How long it runs; null until it is told to stop.</summary>
    public TimeSpan? Duration { get; private init; }

    public string Database { get; private init; } = "orders.db";

    /// <summary>Where the price service is; null to have one in the process.</summary>
    public Uri? Prices { get; private init; }

    public static ServiceOptions Parse(IReadOnlyList<string> arguments)
    {
        var options = new ServiceOptions();
        for (var index = 0; index < arguments.Count; index++)
        {
            var argument = arguments[index];
            options = argument switch
            {
                "--port" => options with { Port = Number(0, 65_535) },
                "--load" => options with { Load = Number(1, 100_000) },
                "--seconds" => options with { Duration = TimeSpan.FromSeconds(Number(1, 1_000_000)) },
                "--database" => options with { Database = Value() is { Length: > 0 } file ? file : throw new UsageException("--database takes a file.") },
                "--prices" => options with { Prices = Address() },
                _ => throw new UsageException($"What is '{argument}'?"),
            };

            string? Value() => arguments.ElementAtOrDefault(++index);

            Uri Address() => Uri.TryCreate(Value(), UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
                ? uri
                : throw new UsageException("--prices takes an address such as http://127.0.0.1:8081.");

            int Number(int least, int most) => NumberArgument.Parse(argument, Value(), least, most);
        }

        return options;
    }
}
