using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Streamz.Dataflow.Tests.Conventions;

/// <summary>Which overload a delegate of each shape binds to, as the compiler of a user's project decides it.</summary>
[TestFixture]
internal sealed class OverloadTests
{
    private const string Methods = """
        static int Increment(int x) => x + 1;
        static Task<int> IncrementTask(int x) => Task.FromResult(x + 1);
        static async Task<int> IncrementAsync(int x) { await Task.Yield(); return x + 1; }
        static ValueTask<int> IncrementValueTask(int x) => new(x + 1);
        static Task<int> IncrementTaskToken(int x, CancellationToken token) => Task.FromResult(x + 1);
        static ValueTask<int> IncrementValueTaskToken(int x, CancellationToken token) => new(x + 1);
        static int Add(int sum, int x) => sum + x;
        static Task<int> AddTask(int sum, int x) => Task.FromResult(sum + x);
        static ValueTask<int> AddValueTask(int sum, int x) => new(sum + x);
        static Task<int> AddTaskToken(int sum, int x, CancellationToken token) => Task.FromResult(sum + x);
        static ValueTask<int> AddValueTaskToken(int sum, int x, CancellationToken token) => new(sum + x);
        static (int, string) AddAndTell(int sum, int x) => (sum + x, "");
        static Task<(int, string)> AddAndTellTask(int sum, int x) => Task.FromResult((sum + x, ""));
        static bool IsEven(int x) => x % 2 == 0;
        static Task<bool> IsEvenTask(int x) => Task.FromResult(x % 2 == 0);
        static ValueTask<bool> IsEvenValueTask(int x) => new(x % 2 == 0);
        static Task<bool> IsEvenTaskToken(int x, CancellationToken token) => Task.FromResult(x % 2 == 0);
        static ValueTask<bool> IsEvenValueTaskToken(int x, CancellationToken token) => new(x % 2 == 0);
        static void Write(int x) { }
        static int WriteAndCount(int x) => x;
        static Task WriteTask(int x) => Task.CompletedTask;
        static Task<int> WriteTaskOfInt(int x) => Task.FromResult(x);
        static ValueTask WriteValueTask(int x) => default;
        static Task WriteTaskToken(int x, CancellationToken token) => Task.CompletedTask;
        static ValueTask WriteValueTaskToken(int x, CancellationToken token) => default;
        """;

    [TestCase("Map(x => x + 1)", "Func<int, int>")]
    [TestCase("Map(Increment)", "Func<int, int>")]
    [TestCase("Map(x => $\"{x}\")", "Func<int, string>")]
    [TestCase("Map(x => { if (x > 0) { return x; } throw new InvalidOperationException(); })", "Func<int, int>")]
    [TestCase("Map(x => IncrementTask(x))", "Func<int, Task<int>>")]
    [TestCase("Map(IncrementTask)", "Func<int, Task<int>>")]
    [TestCase("Map(IncrementAsync)", "Func<int, Task<int>>")]
    [TestCase("Map(async x => { await Task.Yield(); return x; })", "Func<int, ValueTask<int>>")]
    [TestCase("Map(async x => await IncrementTask(x))", "Func<int, ValueTask<int>>")]
    [TestCase("Map(x => IncrementValueTask(x))", "Func<int, ValueTask<int>>")]
    [TestCase("Map(IncrementValueTask)", "Func<int, ValueTask<int>>")]
    [TestCase("Map((x, token) => IncrementTaskToken(x, token))", "Func<int, CancellationToken, Task<int>>")]
    [TestCase("Map(IncrementTaskToken)", "Func<int, CancellationToken, Task<int>>")]
    [TestCase("Map(async (x, token) => { await Task.Delay(x, token); return x; })", "Func<int, CancellationToken, ValueTask<int>>")]
    [TestCase("Map(IncrementValueTaskToken)", "Func<int, CancellationToken, ValueTask<int>>")]
    [TestCase("Map(Increment, maxDegreeOfParallelism: 4)", "Func<int, int>")]
    [TestCase("Map(async x => { await Task.Yield(); return x; }, 4, ordered: false)", "Func<int, ValueTask<int>>")]
    [TestCase("Select(x => x + 1)", "Func<int, int>")]
    public void Map_Delegate_BindsTo(string call, string expected) => Assert.That(BoundDelegate(call), Is.EqualTo(expected));

    [TestCase("MapAsync(x => IncrementTask(x))", "Func<int, Task<int>>")]
    [TestCase("MapAsync(IncrementTask)", "Func<int, Task<int>>")]
    [TestCase("MapAsync(IncrementAsync, 8)", "Func<int, Task<int>>")]
    [TestCase("MapAsync(async x => { await Task.Yield(); return x; })", "Func<int, ValueTask<int>>")]
    [TestCase("MapAsync(IncrementValueTask)", "Func<int, ValueTask<int>>")]
    [TestCase("MapAsync(IncrementTaskToken)", "Func<int, CancellationToken, Task<int>>")]
    [TestCase("MapAsync(IncrementValueTaskToken)", "Func<int, CancellationToken, ValueTask<int>>")]
    [TestCase("MapAsync(async (x, token) => { await Task.Delay(x, token); return x; }, 8)", "Func<int, CancellationToken, ValueTask<int>>")]
    public void MapAsync_Delegate_BindsTo(string call, string expected) => Assert.That(BoundDelegate(call), Is.EqualTo(expected));

    [TestCase("Filter(x => x > 0)", "Func<int, bool>")]
    [TestCase("Filter(IsEven)", "Func<int, bool>")]
    [TestCase("Filter(x => IsEvenTask(x))", "Func<int, Task<bool>>")]
    [TestCase("Filter(IsEvenTask)", "Func<int, Task<bool>>")]
    [TestCase("Filter(async x => { await Task.Yield(); return x > 0; })", "Func<int, ValueTask<bool>>")]
    [TestCase("Filter(IsEvenValueTask)", "Func<int, ValueTask<bool>>")]
    [TestCase("Filter(IsEvenTaskToken)", "Func<int, CancellationToken, Task<bool>>")]
    [TestCase("Filter(IsEvenValueTaskToken)", "Func<int, CancellationToken, ValueTask<bool>>")]
    [TestCase("Filter(async (x, token) => { await Task.Delay(x, token); return x > 0; })", "Func<int, CancellationToken, ValueTask<bool>>")]
    [TestCase("Where(x => x > 0)", "Func<int, bool>")]
    public void Filter_Delegate_BindsTo(string call, string expected) => Assert.That(BoundDelegate(call), Is.EqualTo(expected));

    [TestCase("Remove(x => x > 0)", "Func<int, bool>")]
    [TestCase("Remove(IsEven)", "Func<int, bool>")]
    [TestCase("Remove(IsEvenTask)", "Func<int, Task<bool>>")]
    [TestCase("Remove(async x => { await Task.Yield(); return x > 0; })", "Func<int, ValueTask<bool>>")]
    [TestCase("Remove(IsEvenTaskToken)", "Func<int, CancellationToken, Task<bool>>")]
    [TestCase("Remove(async (x, token) => { await Task.Delay(x, token); return x > 0; })", "Func<int, CancellationToken, ValueTask<bool>>")]
    public void Remove_Delegate_BindsTo(string call, string expected) => Assert.That(BoundDelegate(call), Is.EqualTo(expected));

    [TestCase("Accumulate((sum, x) => sum + x)", "Func<int, int, int>")]
    [TestCase("Accumulate(Add)", "Func<int, int, int>")]
    [TestCase("Accumulate(Math.Max)", "Func<int, int, int>")]
    [TestCase("Accumulate(AddTask)", "Func<int, int, Task<int>>")]
    [TestCase("Accumulate((sum, x) => AddTask(sum, x))", "Func<int, int, Task<int>>")]
    [TestCase("Accumulate(AddValueTask)", "Func<int, int, ValueTask<int>>")]
    [TestCase("Accumulate(async (sum, x) => { await Task.Yield(); return sum + x; })", "Func<int, int, ValueTask<int>>")]
    [TestCase("Accumulate(AddTaskToken)", "Func<int, int, CancellationToken, Task<int>>")]
    [TestCase("Accumulate(async (sum, x, token) => { await Task.Delay(x, token); return sum + x; })", "Func<int, int, CancellationToken, ValueTask<int>>")]
    [TestCase("Accumulate(0, (sum, x) => sum + x)", "Func<int, int, int>")]
    [TestCase("Accumulate(0, Add)", "Func<int, int, int>")]
    [TestCase("Accumulate(0, Math.Max)", "Func<int, int, int>")]
    [TestCase("Accumulate(0L, (sum, x) => sum + x)", "Func<long, int, long>")]
    [TestCase("Accumulate(\"\", (text, x) => text + x)", "Func<string, int, string>")]
    [TestCase("Accumulate(0, (sum, x) => x > 0 ? throw new InvalidOperationException() : sum + x)", "Func<int, int, int>")]
    [TestCase("Accumulate(0, AddTask)", "Func<int, int, Task<int>>")]
    [TestCase("Accumulate(0, (sum, x) => AddTask(sum, x))", "Func<int, int, Task<int>>")]
    [TestCase("Accumulate(0, AddValueTask)", "Func<int, int, ValueTask<int>>")]
    [TestCase("Accumulate(0, async (sum, x) => { await Task.Yield(); return sum + x; })", "Func<int, int, ValueTask<int>>")]
    [TestCase("Accumulate(0, async (sum, x) => await AddTask(sum, x))", "Func<int, int, ValueTask<int>>")]
    [TestCase("Accumulate(0, AddTaskToken)", "Func<int, int, CancellationToken, Task<int>>")]
    [TestCase("Accumulate(0, AddValueTaskToken)", "Func<int, int, CancellationToken, ValueTask<int>>")]
    [TestCase("Accumulate(0, async (sum, x, token) => { await Task.Delay(x, token); return sum + x; })", "Func<int, int, CancellationToken, ValueTask<int>>")]
    [TestCase("Accumulate(0, (sum, x) => (sum + x, \"\"))", "Func<int, int, (int State, string Result)>")]
    [TestCase("Accumulate(0, AddAndTell)", "Func<int, int, (int State, string Result)>")]
    [TestCase("Accumulate(0, AddAndTellTask)", "Func<int, int, Task<(int State, string Result)>>")]
    [TestCase("Accumulate(0, async (sum, x) => { await Task.Yield(); return (sum + x, \"\"); })", "Func<int, int, ValueTask<(int State, string Result)>>")]
    [TestCase("Accumulate(0, async (sum, x, token) => { await Task.Delay(x, token); return (sum + x, \"\"); })", "Func<int, int, CancellationToken, ValueTask<(int State, string Result)>>")]
    public void Accumulate_Delegate_BindsTo(string call, string expected) => Assert.Multiple(() =>
    {
        Assert.That(BoundDelegate(call), Is.EqualTo(expected));
        Assert.That(BoundDelegate(call.Replace("Accumulate", "Scan", StringComparison.Ordinal)), Is.EqualTo(expected));
    });

    [TestCase("Tap(x => Write(x))", "Action<int>")]
    [TestCase("Tap(Console.WriteLine)", "Action<int>")]
    [TestCase("Tap(WriteTask)", "Func<int, Task>")]
    [TestCase("Tap(x => WriteTask(x))", "Func<int, Task>")]
    [TestCase("Tap(async x => await Task.Delay(x))", "Func<int, ValueTask>")]
    [TestCase("Tap(WriteTaskToken)", "Func<int, CancellationToken, Task>")]
    [TestCase("Tap(async (x, token) => await Task.Delay(x, token))", "Func<int, CancellationToken, ValueTask>")]
    public void Tap_Delegate_BindsTo(string call, string expected) => Assert.That(BoundDelegate(call), Is.EqualTo(expected));

    [TestCase("Flatten(x => new[] { x })", "Func<int, IEnumerable<int>>")]
    [TestCase("Flatten(x => Enumerable.Range(0, x))", "Func<int, IEnumerable<int>>")]
    [TestCase("Flatten(x => AsyncEnumerable.Range(0, x))", "Func<int, IAsyncEnumerable<int>>")]
    [TestCase("Flatten((x, token) => AsyncEnumerable.Range(0, x))", "Func<int, CancellationToken, IAsyncEnumerable<int>>")]
    public void Flatten_Delegate_BindsTo(string call, string expected) => Assert.That(BoundDelegate(call), Is.EqualTo(expected));

    [TestCase("Sink(x => Write(x))", "Action<int>")]
    [TestCase("Sink(Write)", "Action<int>")]
    [TestCase("Sink(Console.WriteLine)", "Action<int>")]
    [TestCase("Sink(x => WriteTask(x))", "Func<int, Task>")]
    [TestCase("Sink(WriteTask)", "Func<int, Task>")]
    [TestCase("Sink(WriteTaskOfInt)", "Func<int, Task>")]
    [TestCase("Sink(async x => await Task.Delay(x))", "Func<int, ValueTask>")]
    [TestCase("Sink(WriteValueTask)", "Func<int, ValueTask>")]
    [TestCase("Sink((x, token) => WriteTaskToken(x, token))", "Func<int, CancellationToken, Task>")]
    [TestCase("Sink(WriteTaskToken)", "Func<int, CancellationToken, Task>")]
    [TestCase("Sink(async (x, token) => await Task.Delay(x, token))", "Func<int, CancellationToken, ValueTask>")]
    [TestCase("Sink(WriteValueTaskToken, maxDegreeOfParallelism: 4)", "Func<int, CancellationToken, ValueTask>")]
    public void Sink_Delegate_BindsTo(string call, string expected) => Assert.That(BoundDelegate(call), Is.EqualTo(expected));

    /// <summary>A result that nobody looks at is more often a mistake than meant.</summary>
    [TestCase("Sink(WriteAndCount)")]
    [TestCase("Map(Write)")]
    [TestCase("Filter(Increment)")]
    public void Operator_DelegateOfAWrongShape_DoesNotCompile(string call) => Assert.That(Compile(call).Errors(), Is.Not.Empty);

    [Test]
    public void Map_ResultStatedAsTask_IsRefusedAtTheCall() => Assert.Multiple(() =>
    {
        var source = new StreamSource<int>();
        Assert.That(() => source.Map<int, Task<int>>(x => Task.FromResult(x)), Throws.ArgumentException.With.Message.Contains("Task<Int32>"));
        Assert.That(() => source.Map<int, ValueTask<int>>(x => new ValueTask<int>(x)), Throws.ArgumentException.With.Message.Contains("ValueTask<Int32>"));
    });

    [Test]
    public void Sink_ActionMadeFromAsyncMethod_IsRefusedAtTheCall()
    {
        var source = new StreamSource<int>();

        Assert.That(() => source.Sink((Action<int>)WriteAsyncVoid), Throws.ArgumentException.With.Message.Contains(nameof(WriteAsyncVoid)));
    }

    [Test]
    public void Consumer_OutsideTheNamespaceWithSystemIO_Compiles()
    {
        var consumer = Compiler.Compile([Compiler.Parse("""
            using Streamz.Dataflow;

            namespace Shop;

            public static class Orders
            {
                public static async Task RunAsync(Stream file)
                {
                    await using StreamSource<string> source = new();
                    Stream<int> lengths = source.Map(line => line.Length);
                    Stream<string> lines = StreamSource.FromTextFile(new StreamReader(file));
                    var even = from length in lengths where length % 2 == 0 select (Length: length, Half: length / 2);
                    SinkList<(int Length, int Half)> list = even.SinkToList();
                    lines.Sink(Console.WriteLine);
                    await using Pipeline pipeline = source.Start();
                    await source.EmitAsync("text");
                    await source.CompleteAsync();
                }
            }
            """)]);

        Assert.That(consumer.Errors(), Is.Empty);
    }

    private static string BoundDelegate(string call)
    {
        var compilation = Compile(call);
        Assert.That(compilation.Errors(), Is.Empty);
        var tree = compilation.SyntaxTrees[^1];
        var invocation = tree.GetRoot().DescendantNodes().OfType<InvocationExpressionSyntax>().First(node => node.Expression.ToString().StartsWith("source.", StringComparison.Ordinal));
        var method = (IMethodSymbol)compilation.GetSemanticModel(tree).GetSymbolInfo(invocation).Symbol!;
        return method.Parameters.First(parameter => parameter.Type.TypeKind == TypeKind.Delegate).Type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat);
    }

    private static CSharpCompilation Compile(string call) => Compiler.Compile([Compiler.Parse($$"""
        using Streamz.Dataflow;

        namespace Consumer;

        public static class Program
        {
            public static object Build(StreamSource<int> source) => source.{{call}};

        {{Methods}}
        }
        """)]);

    private static async void WriteAsyncVoid(int x) => await Task.Yield();
}
